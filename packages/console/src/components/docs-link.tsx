// A link to a page of the documentation that the server shows.
import { Anchor } from '@mantine/core'

export interface DocsLinkProps {
  /** Relative to /docs/, with the anchor of a heading. */
  readonly to: string
  readonly children: string
}

export const DocsLink = ({ to, children }: DocsLinkProps) => (
  <Anchor inherit underline="always" href={`/docs/${to}`}>
    {children}
  </Anchor>
)
