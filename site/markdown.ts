// The Markdown of our pages as HTML: headings with anchors, tables and code that scroll by themselves.
import { escaped } from '../packages/latchkey/src/http/admin/documents/html.ts'
import { type BlockWriter, MarkdownIt, type Token } from './markdown-library.ts'

// Comments and anchors are HTML in our pages. The rules below let nothing else of it through.
const parser = new MarkdownIt({ html: true })
const { rules } = parser.renderer
const ANCHOR = /^<a id="([\w-]+)">$/

const html = (tokens: Token[], index: number): string => {
  const content = tokens[index]?.content ?? ''
  if (/^\s*<!--/.test(content) || content === '</a>') return ''
  const anchor = ANCHOR.exec(content)?.[1]
  return anchor === undefined ? escaped(content) : `<span id="${anchor}"></span>`
}
rules['html_inline'] = html
rules['html_block'] = html
rules['heading_close'] = (tokens, index) => {
  const { tag = '' } = tokens[index] ?? {}
  if (tag === 'h1') return '</h1>\n'
  const anchor = tokens[index - 2]?.attrGet('id') ?? ''
  const name = escaped(plainText(tokens[index - 1]))
  return ` <a class="anchor" href="#${anchor}" aria-label="Link to “${name}”">#</a></${tag}>\n`
}
rules['table_open'] = () => '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n'
rules['table_close'] = () => '</table></div>\n'
for (const tag of ['th', 'td']) {
  rules[`${tag}_open`] = (tokens, index) => {
    // The parser writes style="text-align:right", which the policy of the site forbids.
    const side = /text-align:(\w+)/.exec(tokens[index]?.attrGet('style') ?? '')?.[1]
    return side === undefined ? `<${tag}>` : `<${tag} class="${side}">`
  }
}
rules['fence'] = (tokens, index, _options, { block }) => block(tokens[index]?.content ?? '', tokens[index]?.info ?? '')
rules['code_block'] = (tokens, index, _options, { block }) => block(tokens[index]?.content ?? '', '')
// A token that a link became whose target the site does not have.
rules['path'] = (tokens, index) => tokens[index]?.content ?? ''

export const parseMarkdown = (text: string): Token[] => parser.parse(text, {})

export const markdownHtml = (tokens: Token[], block: BlockWriter): string =>
  parser.renderer.render(tokens, parser.options, { block })

/** The text of an inline token without its marks. */
export const plainText = (token: Token | undefined): string => (token?.children ?? []).map(textOf).join('')

function textOf({ type, content, children }: Token): string {
  if (type === 'softbreak' || type === 'hardbreak') return ' '
  if (type === 'html_inline') return content.startsWith('<!--') || /^<\/?a\b/.test(content) ? '' : content
  return children === null ? content : children.map(textOf).join('')
}
