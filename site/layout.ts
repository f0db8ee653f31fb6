// The frame around the content of each page: head, header, sidebar, list of headings, and the pages before and after.
import { escaped } from '../packages/latchkey/src/http/admin/documents/html.ts'
import { INDEX, outputOf, relativeAddress } from './address.ts'
import { inOrder, type Entry, type Group } from './navigation.ts'
import type { Page } from './page.ts'

/** No request to another host, no script and no style but ours, no form, and no frame within the page. */
export const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

export interface Frame {
  readonly groups: readonly Group[]
  readonly version: string
  /** The addresses of the assets by their names, from the root of the site. */
  readonly assets: ReadonlyMap<string, string>
}

export interface Framed extends Pick<Page, 'output' | 'title' | 'headings'> {
  readonly content: string
  /** For search engines and link previews. */
  readonly description: string
  /** `first`: the first page, which has no sidebar on wide screens. */
  readonly kind: 'first' | 'text'
}

export function framed(page: Framed, frame: Frame): string {
  const { output, title, headings, content, description, kind } = page
  const to = (target: string): string => relativeAddress(output, target)
  const asset = (name: string): string => to(frame.assets.get(name) ?? name)
  const name = kind === 'first' ? 'Latchkey' : `${title} · Latchkey`
  const outline = kind === 'first' ? [] : headings.filter(({ level }) => level === 2 || level === 3)
  const links = outlineLinks(outline)
  const rootAddress = to('index.html').replace(/index\.html$/, '')
  return `<!doctype html>
<html lang="en" data-root="${rootAddress}" data-search-library="${asset('minisearch.js')}" data-search-index="${asset('search-index.js')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="description" content="${escaped(description)}">
<title>${escaped(name)}</title>
<link rel="icon" type="image/svg+xml" href="${asset('favicon.svg')}">
<link rel="stylesheet" href="${asset('style.css')}">
<script src="${asset('scheme.js')}"></script>
<script src="${asset('site.js')}" defer></script>
<script src="${asset('search.js')}" defer></script>
</head>
<body class="${kind}${links === '' ? '' : ' outlined'}">
<a class="skip" href="#content">Skip to the content</a>
<header>
<button type="button" class="menu-button with-script" aria-expanded="false" aria-controls="sidebar">Pages</button>
<a class="brand" href="${to('index.html')}"><img src="${asset('favicon.svg')}" alt="" width="24" height="24">Latchkey <span class="version">${escaped(frame.version)}</span></a>
<a class="all-pages" href="${to(outputOf(INDEX))}">All pages</a>
<button type="button" class="search-button with-script"><span>Search</span> <kbd>/</kbd></button>
<button type="button" class="scheme-button with-script" aria-pressed="false">Dark</button>
</header>
<nav id="sidebar" aria-label="Pages">
${sidebar(page, frame.groups)}
</nav>
<main id="content" tabindex="-1">
${links === '' ? '' : `<details class="outline-narrow"><summary>On this page</summary>${links}</details>`}
<article>
${content}
</article>
${kind === 'first' ? '' : neighbours(page, frame.groups)}
</main>
${links === '' ? '' : `<nav class="outline" aria-label="On this page"><h2>On this page</h2>${links}</nav>`}
</body>
</html>
`
}

const outlineLinks = (headings: Page['headings']): string =>
  headings.length < 2
    ? ''
    : `<ul>${headings.map(({ level, text, anchor }) => `<li class="level-${String(level)}"><a href="#${anchor}">${escaped(text)}</a></li>`).join('')}</ul>`

function sidebar({ output }: Framed, groups: readonly Group[]): string {
  return groups
    .map(({ name, entries }) => {
      // Long lists that few readers need begin closed.
      const isOpen = entries.length <= MANY || inOrder([{ name, entries }]).some((entry) => entry.output === output)
      return `<details${isOpen ? ' open' : ''}><summary>${escaped(name)}</summary>${entryList(entries, output)}</details>`
    })
    .join('\n')
}

const MANY = 10

const entryList = (entries: readonly Entry[], from: string): string =>
  `<ul>${entries
    .map(({ label, output, entries: below }) => {
      const current = output === from ? ' aria-current="page"' : ''
      const link = `<a href="${relativeAddress(from, output)}"${current}>${escaped(label)}</a>`
      return `<li>${link}${below.length === 0 ? '' : entryList(below, from)}</li>`
    })
    .join('')}</ul>`

function neighbours({ output }: Framed, groups: readonly Group[]): string {
  const pages = inOrder(groups)
  const at = pages.findIndex((entry) => entry.output === output)
  const link = (entry: Entry | undefined, rel: string, name: string): string =>
    entry === undefined
      ? ''
      : `<a rel="${rel}" href="${relativeAddress(output, entry.output)}"><span>${name}</span> ${escaped(entry.label)}</a>`
  const index = `<a href="${relativeAddress(output, outputOf(INDEX))}">All pages</a>`
  if (at === -1) return `<nav class="neighbours" aria-label="More pages">${index}</nav>`
  return `<nav class="neighbours" aria-label="Pages before and after">${link(pages[at - 1], 'prev', 'Before')}${link(pages[at + 1], 'next', 'Next')}</nav>`
}
