// A block of code in colours. It scrolls by itself, and by keyboard.
import { escaped } from '../packages/latchkey/src/http/admin/documents/html.ts'
import { highlighter } from './libraries.ts'

/** What the fences and files of this repository call them, and the highlighter does not. */
const LANGUAGES: Readonly<Record<string, string>> = { sh: 'bash', conf: 'nginx', service: 'ini', tsx: 'typescript' }

export function codeBlock(code: string, language: string): string {
  const text = code.replace(/\n$/, '')
  const known = LANGUAGES[language] ?? language
  const shown =
    known !== '' && highlighter.getLanguage(known) !== undefined
      ? highlighter.highlight(text, { language: known }).value
      : escaped(text)
  return `<div class="code"><pre tabindex="0"><code>${shown}</code></pre></div>\n`
}
