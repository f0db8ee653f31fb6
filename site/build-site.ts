// Builds the documentation site: the pages of docs/, the first page, the reference of the admin API, and all that they
// show.
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { adminApiPage } from './admin-api-page.ts'
import { FIRST_PAGE, isMarkdown, OPENAPI } from './address.ts'
import { siteBlock } from './block.ts'
import { firstPage } from './first-page.ts'
import { framed, type Frame } from './layout.ts'
import { SEARCH_LIBRARY } from './libraries.ts'
import { targetOf } from './links.ts'
import { readNavigation } from './navigation.ts'
import type { Page } from './page.ts'
import { type Build, readPage } from './read-page.ts'
import { readText, ROOT } from './root.ts'
import { searchIndex } from './sections.ts'
import { sourcePage } from './source-page.ts'

const SITE: Build = { targetOf, block: siteBlock }

const OF_PROJECT = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md', 'CHANGELOG.md']

// Later ones may override earlier ones.
const STYLES = ['base', 'frame', 'text', 'code', 'diagrams', 'admin-api', 'first-page', 'search', 'narrow']

/** Writes the site into the existing folder `to`. */
export function writeSite(to: string): void {
  const sources = globSync('docs/**/*.md', { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
  const pages = readAll([FIRST_PAGE, ...sources, OPENAPI, ...OF_PROJECT])
  const write = (output: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(to, output)), { recursive: true })
    writeFileSync(join(to, output), content)
  }
  const assets = writeAssets(pages, write)
  const { version } = JSON.parse(readText('packages/latchkey/package.json')) as {
    version: string
  }
  const frame: Frame = { groups: readNavigation(sources), version, assets }
  for (const page of pages) {
    const { source, sections, html } = page
    const description = summary(sections[0]?.text ?? page.title)
    write(
      page.output,
      framed({ ...page, content: html, description, kind: source === FIRST_PAGE ? 'first' : 'text' }, frame),
    )
    for (const [file, output] of page.files) {
      mkdirSync(dirname(join(to, output)), { recursive: true })
      cpSync(join(ROOT, file), join(to, output))
    }
  }
}

/** The pages with these sources, and all that they link to. */
function readAll(sources: readonly string[]): readonly Page[] {
  const pages = new Map<string, Page>()
  const waiting = [...sources]
  for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
    if (pages.has(source)) continue
    const page = read(source)
    pages.set(source, page)
    waiting.push(...page.linked)
  }
  const outputs = [...pages.values()].map(({ output }) => output)
  const twice = outputs.find((output, index) => outputs.indexOf(output) !== index)
  if (twice !== undefined) throw new Error(`Two sources have the page ${twice}`)
  return [...pages.values()]
}

function read(source: string): Page {
  if (source === FIRST_PAGE) return firstPage(SITE)
  if (source === OPENAPI) return adminApiPage()
  return isMarkdown(source) ? readPage(source, SITE) : sourcePage(source)
}

/** Returns the addresses of the assets by their names. Each changes with the content, so no cache shows an old one. */
function writeAssets(pages: readonly Page[], write: (output: string, content: string | Buffer) => void) {
  const browserFile = (name: string): string => readText(`site/browser/${name}`)
  const own = ['scheme.js', 'site.js', 'search.js'].map((name) => [name, browserFile(name)] as const)
  const contents: readonly (readonly [string, string | Buffer])[] = [
    ...own,
    ['style.css', STYLES.map((name) => browserFile(`style/${name}.css`)).join('\n')],
    ['favicon.svg', readFileSync(join(ROOT, 'packages/console/src/favicon.svg'))],
    ['minisearch.js', readFileSync(SEARCH_LIBRARY.script, 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n')],
    ['minisearch-licence.txt', readFileSync(SEARCH_LIBRARY.licence)],
    ['search-index.js', searchIndex(pages)],
  ]
  const addresses = new Map<string, string>()
  for (const [name, content] of contents) {
    write(`assets/${name}`, content)
    const version = createHash('sha256').update(content).digest('hex').slice(0, 8)
    addresses.set(name, `assets/${name}?v=${version}`)
  }
  return addresses
}

/** The first sentences of a text, at most 160 characters. */
const summary = (text: string): string => (text.length <= 160 ? text : `${text.slice(0, 157).replace(/\s\S*$/, '')} …`)
