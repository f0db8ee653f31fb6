// Text for a terminal or a file, with the button that copies all of it.
import { Box } from '@mantine/core'
import { CopyButton } from './copy-button.tsx'

export function CodeBlock({ what, code }: { readonly what: string; readonly code: string }) {
  return (
    <Box pos="relative">
      <pre className="code" tabIndex={0} role="region" aria-label={what}>
        <code>{code}</code>
      </pre>
      <Box pos="absolute" top={6} right={6} bg="var(--lk-panel)">
        <CopyButton what={what} value={code} />
      </Box>
    </Box>
  )
}
