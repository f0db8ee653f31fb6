// The documentation that the server shows below /docs/: the pages that users and operators of a server need.
import { escaped } from '../../packages/latchkey/src/http/admin/documents/html.ts'
import { INDEX, OPENAPI, outputOf } from '../address.ts'
import { targetOf, type Target } from '../links.ts'
import type { BlockWriter, Token } from '../markdown-library.ts'
import { parseMarkdown } from '../markdown.ts'
import { type Group, readNavigation } from '../navigation.ts'
import type { Page } from '../page.ts'
import { type Build, pageOf } from '../read-page.ts'
import { readText } from '../root.ts'
import { framed } from './frame.ts'

/** The groups of docs/README.md whose pages are shown. The others are for people who change the code. */
const SHOWN = ['I run a server', 'I protect an API', 'My program needs tokens', 'Reference', 'Operations']
const IS_SHOWN = /^docs\/(?!benchmarks)[\w-]+\.md$/

/** The reference of the admin API is a page of the server at /docs, one level above these pages. */
const REFERENCE = '../docs'

const NOT_FOUND = 'not-found.html'

export interface ConsoleDocument {
  /** Relative to /docs/. */
  readonly name: string
  readonly content: string
}

/** A page or a heading of a page, as the console finds it. */
export interface ConsoleHeading {
  /** Relative to /docs/, with the anchor of a heading. */
  readonly address: string
  readonly text: string
  /** The title of the page. Empty for the page itself. */
  readonly page: string
}

/** Returns the HTML pages. Throws if a page has a link to a file that does not exist. */
export function consolePages(): readonly ConsoleDocument[] {
  const groups = shownGroups()
  const index = { output: outputOf(INDEX), title: 'Documentation', html: indexHtml(groups) }
  const notFound = { output: NOT_FOUND, title: 'No such page', html: NOT_FOUND_HTML }
  return [...readPages(groups), index, notFound].map((page) => ({ name: page.output, content: framed(page, groups) }))
}

/** Returns the pages in the order of the sidebar, each followed by its headings of the second and third level. */
export const consoleHeadings = (): readonly ConsoleHeading[] =>
  readPages(shownGroups()).flatMap(({ output, title, headings }) => [
    { address: output, text: title, page: '' },
    ...headings
      .filter(({ level }) => level === 2 || level === 3)
      .map(({ text, anchor }) => ({ address: `${output}#${anchor}`, text, page: title })),
  ])

function readPages(groups: readonly Group[]): readonly Page[] {
  const sources = new Set(groups.flatMap(({ entries }) => entries.map(({ source }) => source)))
  const build: Build = { targetOf: (from, link) => shownTarget(targetOf(from, link), sources), block }
  return [...sources].map((source) => pageOf(source, withoutImages(parseMarkdown(readText(source))), build))
}

function shownGroups(): readonly Group[] {
  const groups = readNavigation([]).filter(({ name }) => SHOWN.includes(name))
  if (groups.length !== SHOWN.length) throw new Error(`${INDEX} lacks a group of pages that the server shows`)
  return groups.map(({ name, entries }) => ({ name, entries: entries.filter(({ source }) => IS_SHOWN.test(source)) }))
}

/** A link to what the server does not show becomes the path of the file in the source. */
function shownTarget(target: Target, sources: ReadonlySet<string>): Target {
  if (target.kind === 'file') return { kind: 'path', path: target.source }
  if (target.kind !== 'page' || target.source === undefined) return target
  const { source } = target
  if (source === OPENAPI) return { ...target, output: REFERENCE, anchor: '' }
  // The index here has fewer groups than docs/README.md, so an anchor of that page may be missing.
  const isShown = source === INDEX ? target.anchor === '' : sources.has(source)
  return isShown ? target : { kind: 'path', path: source }
}

/** The pictures would show the reader the console that is already open, and weigh more than all of the text. */
function withoutImages(tokens: readonly Token[]): readonly Token[] {
  const isImage = (token: Token | undefined): boolean =>
    token?.type === 'inline' && (token.children ?? []).every(({ type }) => type === 'image')
  return tokens.filter(
    (token, index) => ![-1, 0, 1].some((offset) => belongs(token, offset) && isImage(tokens[index - offset])),
  )
}

const belongs = ({ type }: Token, offset: number): boolean =>
  type === (['paragraph_open', 'inline', 'paragraph_close'] as const)[offset + 1]

const block: BlockWriter = (code) => `<pre tabindex="0"><code>${escaped(code.replace(/\n$/, ''))}</code></pre>\n`

const indexHtml = (groups: readonly Group[]): string =>
  `<h1>Documentation</h1>\n${groups
    .map(
      ({ name, entries }) =>
        `<h2>${escaped(name)}</h2><ul class="pages">${entries.map(({ label, output }) => `<li><a href="${output}">${escaped(label)}</a></li>`).join('')}</ul>`,
    )
    .join('\n')}`

const NOT_FOUND_HTML = `<h1>No such page</h1>
<p>The documentation of this server has no page at this address. <a href="/docs/all-pages.html">See all pages</a>.</p>`
