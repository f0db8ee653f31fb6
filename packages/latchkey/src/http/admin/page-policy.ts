// The content security policy of a page that is text and one style sheet.
import { hash } from 'node:crypto'

/** Allows `style` alone: no script, no image, no form, no request, no frame around the page. */
export const textPagePolicy = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
