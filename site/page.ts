// What the site knows of a page after its source was read.

export interface Heading {
  readonly level: number
  readonly text: string
  readonly anchor: string
}

/** A part of a page that the search can find. */
export interface Section {
  /** Empty for the part above the first heading after the title. */
  readonly heading: string
  readonly anchor: string
  readonly text: string
}

export interface Page {
  /** From the root of the checkout. */
  readonly source: string
  /** From the root of the site. */
  readonly output: string
  readonly title: string
  readonly html: string
  readonly headings: readonly Heading[]
  readonly sections: readonly Section[]
  /** The sources of all pages that this page links to. */
  readonly linked: readonly string[]
  /** The files that this page shows or links to, which the site keeps as they are: their output by source. */
  readonly files: ReadonlyMap<string, string>
}
