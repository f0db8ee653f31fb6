// A page with the text of a file that readers copy, such as the configuration of a proxy.
import { posix } from 'node:path'
import { escaped } from '../packages/latchkey/src/http/admin/documents/html.ts'
import { outputOf } from './address.ts'
import { codeBlock } from './code-block.ts'
import type { Page } from './page.ts'
import { readText } from './root.ts'

/** Languages of files whose names end otherwise. */
const BY_NAME: Readonly<Record<string, string>> = { 'haproxy.cfg': '', LICENSE: '' }

export function sourcePage(source: string): Page {
  const name = posix.basename(source)
  const language = BY_NAME[name] ?? posix.extname(source).slice(1)
  const html = `<h1>${escaped(source)}</h1>\n${codeBlock(readText(source), language)}`
  const output = outputOf(source)
  return { source, output, title: source, html, headings: [], sections: [], linked: [], files: new Map() }
}
