// The titles and headings of the pages below /docs/. The build makes this module from the documentation.
declare module 'virtual:docs-headings' {
  interface DocsHeading {
    /** Relative to /docs/, with the anchor of a heading. */
    readonly address: string
    readonly text: string
    /** The title of the page. Empty for the page itself. */
    readonly page: string
  }
  export const headings: readonly DocsHeading[]
}
