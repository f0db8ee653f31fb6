// The frame around each page of the documentation in the console. It needs no script.
import { escaped } from '../../packages/latchkey/src/http/admin/documents/html.ts'
import type { Group } from '../navigation.ts'

export const STYLE = 'docs.css'

export interface Framed {
  readonly output: string
  readonly title: string
  readonly html: string
}

/** The addresses are absolute, so that the page for an unknown address works at each address. */
export const framed = ({ output, title, html }: Framed, groups: readonly Group[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Latchkey</title>
<link rel="stylesheet" href="/docs/${STYLE}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="/">Latchkey</a>
<a href="/docs/all-pages.html">Documentation</a>
<a href="/docs">Admin API</a>
</header>
<div class="columns">
<main id="content" tabindex="-1">
${html}
</main>
<nav aria-label="Pages">
${groups.map((group) => groupHtml(group, output)).join('\n')}
</nav>
</div>
</body>
</html>
`

const groupHtml = ({ name, entries }: Group, current: string): string =>
  `<p>${escaped(name)}</p><ul>${entries
    .map(({ label, output }) => {
      const mark = output === current ? ' aria-current="page"' : ''
      return `<li><a href="/docs/${output}"${mark}>${escaped(label)}</a></li>`
    })
    .join('')}</ul>`
