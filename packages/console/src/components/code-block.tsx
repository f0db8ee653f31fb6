// Text for a terminal or a file, with a button that copies it.
import { Box } from '@mantine/core'
import { CopyButton } from './copy-button.tsx'

export interface CodeBlockProps {
  readonly what: string
  readonly code: string
  /** The secret is shown as dots. The copied text contains it. */
  readonly secret?: string | undefined
}

export function CodeBlock({ what, code, secret }: CodeBlockProps) {
  return (
    <Box pos="relative">
      <pre className="code" tabIndex={0} role="region" aria-label={what}>
        <code>{secret === undefined ? code : code.replaceAll(secret, '•'.repeat(16))}</code>
      </pre>
      <Box pos="absolute" top={6} right={6} bg="var(--lk-panel)">
        <CopyButton what={what} value={code} />
      </Box>
    </Box>
  )
}
