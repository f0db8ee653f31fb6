// Divides a page into the parts that the search finds: the text below each heading down to the third level.
import type { Token } from './markdown-library.ts'
import { plainText } from './markdown.ts'
import type { Page, Section } from './page.ts'

/** Headings below this level stay in the part of the heading above them. */
const DEEPEST = 3

/** `tokens` have the anchors of their headings. */
export function sectionsOf(tokens: readonly Token[]): readonly Section[] {
  const sections: { heading: string; anchor: string; texts: string[] }[] = [{ heading: '', anchor: '', texts: [] }]
  tokens.forEach((token, index) => {
    const { type, content, tag } = token
    const isHeading = type === 'heading_open' && tag !== 'h1' && Number(tag.slice(1)) <= DEEPEST
    if (isHeading) {
      const heading = plainText(tokens[index + 1])
      sections.push({ heading, anchor: token.attrGet('id') ?? '', texts: [] })
    } else if (type === 'inline' && !isShownElsewhere(tokens[index - 1])) sections.at(-1)?.texts.push(plainText(token))
    else if (type === 'fence' || type === 'code_block') sections.at(-1)?.texts.push(content)
  })
  return sections.map(({ texts, ...section }) => ({ ...section, text: texts.join(' ').replaceAll(/\s+/g, ' ').trim() }))
}

/** True for the title, and for the headings that begin a part. */
const isShownElsewhere = (before: Token | undefined): boolean =>
  before?.type === 'heading_open' && Number(before.tag.slice(1)) <= DEEPEST

/**
 * What the search of the browser makes its index from: the title, heading, address and text of each part. It is a script,
 * so that the search works without a server too.
 */
export function searchIndex(pages: readonly Page[]): string {
  const documents = pages.flatMap(({ title, output, sections }) =>
    sections
      .filter(({ heading, text }) => heading !== '' || text !== '')
      .map(({ heading, anchor, text }) => [title, heading, output + (anchor === '' ? '' : `#${anchor}`), text]),
  )
  return `window.latchkeyDocuments = ${JSON.stringify(documents)}\n`
}
