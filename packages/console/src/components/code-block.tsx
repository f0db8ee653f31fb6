// Text for a terminal or a file, with a button that copies it.
import { Box } from '@mantine/core'
import { CopyButton } from './copy-button.tsx'
import { MASK } from './mask.ts'

export interface CodeBlockProps {
  readonly what: string
  readonly code: string
  /** The secret is shown as dots. The copied text contains it. */
  readonly secret?: string | undefined
  /** Fetches the text to copy, if it differs from the shown text. */
  readonly toCopy?: (() => Promise<string>) | undefined
}

export function CodeBlock({ what, code, secret, toCopy = undefined }: CodeBlockProps) {
  return (
    <Box pos="relative">
      <pre className="code" tabIndex={0} role="region" aria-label={what}>
        <code>{secret === undefined ? code : code.replaceAll(secret, MASK)}</code>
      </pre>
      <Box pos="absolute" top={6} right={6} bg="var(--lk-panel)">
        <CopyButton what={what} value={toCopy ?? code} />
      </Box>
    </Box>
  )
}
