// The rule for links: a link of a page leads to another page of the site, to a file of the site, or elsewhere. Code of
// the checkout is not in the site, and the address of the repository is not known: such a link becomes a path.
import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { isMarkdown, OPENAPI, outputOf } from './address.ts'
import { ROOT } from './root.ts'

export type Target =
  | { readonly kind: 'elsewhere' }
  /** `source` is undefined for an anchor of the page itself. */
  | { readonly kind: 'page'; readonly source: string | undefined; readonly output: string; readonly anchor: string }
  /** A file that the site keeps as it is. */
  | { readonly kind: 'file'; readonly source: string; readonly output: string }
  | { readonly kind: 'path'; readonly path: string }

/** Readers copy these files, so the site has a page with the text of each that a page links to. */
const IS_COPIED_BY_READERS = /^(?:examples|deploy)\/|^LICENSE$/

/** Throws if the target does not exist. */
export function targetOf(from: string, link: string): Target {
  if (/^(?:https?|mailto):/.test(link)) return { kind: 'elsewhere' }
  const [path = '', anchor = ''] = link.split('#')
  if (path === '') return { kind: 'page', source: undefined, output: outputOf(from), anchor }
  const named = posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '')
  const source = indexOf(named)
  if (named.startsWith('..') || !existsSync(join(ROOT, source)))
    throw new Error(`${from} links to ${link}: no such file`)
  if (isMarkdown(source) || source === OPENAPI) return { kind: 'page', source, output: outputOf(source), anchor }
  if (source.startsWith('docs/')) return { kind: 'file', source, output: source.replace(/^docs\//, '') }
  const isFile = statSync(join(ROOT, source)).isFile()
  if (isFile && IS_COPIED_BY_READERS.test(source)) return { kind: 'page', source, output: outputOf(source), anchor: '' }
  return { kind: 'path', path: named }
}

/** The README of a folder that has one. */
function indexOf(path: string): string {
  const readme = posix.join(path, 'README.md')
  return existsSync(join(ROOT, readme)) ? readme : path
}
