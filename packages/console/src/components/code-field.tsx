// A field for a text that programs read, such as a token, a key or a path.
import { Textarea, type TextareaProps } from '@mantine/core'
import type { Ref } from 'react'

export const CodeField = (props: TextareaProps & { readonly ref?: Ref<HTMLTextAreaElement> }) => (
  <Textarea
    autosize
    spellCheck={false}
    styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    {...props}
  />
)
