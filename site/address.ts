// Where each file of the checkout is in the site. Paths of sources are from the root of the checkout, and paths of
// outputs from the root of the site.
import { posix } from 'node:path'

export const FIRST_PAGE = 'site/first-page.md'
export const INDEX = 'docs/README.md'
export const OPENAPI = 'docs/openapi.json'

const FIXED: Readonly<Record<string, string>> = {
  [FIRST_PAGE]: 'index.html',
  'README.md': 'readme.html',
  [INDEX]: 'all-pages.html',
  [OPENAPI]: 'admin-api.html',
}

export const isMarkdown = (source: string): boolean => source.endsWith('.md')

/** The HTML file that shows a source. A file without Markdown gets a page with its text. */
export function outputOf(source: string): string {
  const fixed = FIXED[source]
  if (fixed !== undefined) return fixed
  const path = source.replace(/^docs\//, '')
  if (path.endsWith('README.md')) return path.replace(/README\.md$/, 'index.html')
  if (!isMarkdown(path)) return `${path}.html`
  const output = path.replace(/\.md$/, '.html')
  return output.includes('/') ? output : output.toLowerCase()
}

/** The address of one output in another, so that the site works below any path, and from a disk. */
export const relativeAddress = (from: string, to: string): string => posix.relative(posix.dirname(from), to)
