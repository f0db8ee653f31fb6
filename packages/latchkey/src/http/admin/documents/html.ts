// Converts text to HTML. Also makes the content security policy for a page with text and one style sheet.
import { hash } from 'node:crypto'

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Converts the two Markdown forms that the descriptions use: `code`, and links within this listener. */
export const marked = (text: string): string =>
  escaped(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\[([^\]]+)\]\((\/[^)\s]*)\)/g, '<a href="$2">$1</a>')

export const paragraphs = (text: string): string =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${marked(paragraph)}</p>`)
    .join('\n')

/** The policy allows only `style`: no script, no image, no form, no request, and no frame around the page. */
export const textPagePolicy = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
