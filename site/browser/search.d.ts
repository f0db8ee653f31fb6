// What the library and the file of texts put into the window.

interface Hit {
  readonly title: string
  readonly heading: string
  readonly address: string
  readonly text: string
  /** The words of the texts that were found. */
  readonly terms: readonly string[]
}

interface MiniSearchInstance {
  addAll(documents: readonly object[]): void
  search(query: string, options: object): readonly Hit[]
}

interface Window {
  readonly MiniSearch: new (options: object) => MiniSearchInstance
  /** Title, heading, address and text of each part of a page. */
  readonly latchkeyDocuments: readonly (readonly [string, string, string, string])[]
}
