// Text for a terminal or a file, with a button that copies it.
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
    <div className="code-block">
      <pre className="code" tabIndex={0} role="region" aria-label={what}>
        <code>{secret === undefined ? code : code.replaceAll(secret, MASK)}</code>
      </pre>
      <CopyButton what={what} value={toCopy ?? code} />
    </div>
  )
}
