// Reads a page of Markdown: its title, headings, links, and the parts that the search finds.
import { escaped } from '../packages/latchkey/src/http/admin/documents/html.ts'
import { outputOf, relativeAddress } from './address.ts'
import { imageSize } from './image-size.ts'
import type { BlockWriter, Token } from './markdown-library.ts'
import type { Target } from './links.ts'
import { markdownHtml, parseMarkdown, plainText } from './markdown.ts'
import type { Heading, Page } from './page.ts'
import { readText } from './root.ts'
import { sectionsOf } from './sections.ts'

/** What differs between the builds that show the same pages. */
export interface Build {
  /** Throws if the target of the link does not exist. */
  readonly targetOf: (from: string, link: string) => Target
  readonly block: BlockWriter
}

/** Throws if the page has no title, or if a link leads to no file. */
export function readPage(source: string, build: Build): Page {
  return pageOf(source, parseMarkdown(readText(source)), build)
}

export function pageOf(source: string, written: readonly Token[], build: Build): Page {
  const tokens = withoutContents(written)
  const headings = nameHeadings(tokens)
  const title = headings.find(({ level }) => level === 1)?.text
  if (title === undefined) throw new Error(`${source} has no title`)
  // Before the links change, so that the search finds the texts as they were written.
  const sections = sectionsOf(tokens)
  const found = followLinks(source, tokens, build)
  return {
    source,
    output: outputOf(source),
    title,
    headings,
    sections,
    ...found,
    html: markdownHtml(tokens, build.block),
  }
}

/** Without the list of the page's own headings above the first of them: the frame has one for each page. */
function withoutContents(tokens: readonly Token[]): Token[] {
  const body = tokens.findIndex(({ type, tag }) => type === 'heading_open' && tag === 'h2')
  const from = tokens.findIndex(({ type }, index) => index < body && type === 'bullet_list_open')
  const to = tokens.findIndex(({ type }, index) => index > from && type === 'bullet_list_close')
  const list = tokens.slice(from, to + 1).filter(({ type }) => type === 'inline')
  const isContents = from !== -1 && list.every(({ children }) => /^#/.test(children?.[0]?.attrGet('href') ?? ''))
  return isContents ? [...tokens.slice(0, from), ...tokens.slice(to + 1)] : [...tokens]
}

/** Gives each heading the anchor that the forges give it. */
function nameHeadings(tokens: readonly Token[]): readonly Heading[] {
  const counts = new Map<string, number>()
  return tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return []
    const text = plainText(tokens[index + 1])
    const name = anchorOf(text)
    const before = counts.get(name) ?? 0
    counts.set(name, before + 1)
    const anchor = before === 0 ? name : `${name}-${String(before)}`
    token.attrSet('id', anchor)
    return [{ level: Number(token.tag.slice(1)), text, anchor }]
  })
}

/** Lower case, spaces to hyphens, and everything but letters, digits, hyphens and `_` left out. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** Changes the links and images of a page in place. */
function followLinks(source: string, tokens: readonly Token[], { targetOf }: Build): Pick<Page, 'linked' | 'files'> {
  const output = outputOf(source)
  const linked: string[] = []
  const files = new Map<string, string>()

  /** Returns the path of a file that the site does not have. */
  const follow = (link: Token): string | undefined => {
    const target = targetOf(source, link.attrGet('href') ?? '')
    if (target.kind === 'path') return target.path
    if (target.kind === 'elsewhere') return undefined
    if (target.kind === 'file') files.set(target.source, target.output)
    else if (target.source !== undefined) linked.push(target.source)
    const anchor = target.kind === 'page' && target.anchor !== '' ? `#${target.anchor}` : ''
    const isHere = target.output === output && anchor !== ''
    link.attrSet('href', (isHere ? '' : relativeAddress(output, target.output)) + anchor)
    return undefined
  }

  const showImage = (image: Token): void => {
    const target = targetOf(source, image.attrGet('src') ?? '')
    if (target.kind !== 'file') throw new Error(`${source} shows an image that is not below docs/`)
    files.set(target.source, target.output)
    image.attrSet('src', relativeAddress(output, target.output))
    image.attrSet('loading', 'lazy')
    const { width, height } = imageSize(target.source)
    image.attrSet('width', String(width))
    image.attrSet('height', String(height))
  }

  for (const token of tokens) {
    if (token.type !== 'inline') continue
    const children = token.children ?? []
    for (const child of children) if (child.type === 'image') showImage(child)
    for (let at = 0; at < children.length; at += 1) {
      const link = children[at]
      if (link?.type !== 'link_open') continue
      const path = follow(link)
      if (path === undefined) continue
      const end = children.findIndex(({ type }, index) => index > at && type === 'link_close')
      const text = children.slice(at + 1, end)
      children.splice(at, end + 1 - at, ...asPath(link, text, path))
    }
  }
  return { linked, files }
}

/** The text of a link as code. A text that is no path itself is followed by the path. */
function asPath(link: Token, text: readonly Token[], path: string): Token[] {
  const shown = text.map(({ content }) => content).join('')
  const isPath = /^[\w@./-]+$/.test(shown) && /[./]/.test(shown)
  link.type = 'path'
  link.content = isPath ? `<code>${escaped(shown)}</code>` : ` (<code>${escaped(path)}</code>)`
  return isPath ? [link] : [...text, link]
}
