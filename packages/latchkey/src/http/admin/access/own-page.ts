// Checks that a page of this listener sent the request. Browsers also add cookies to requests from pages of other
// sites.
import type { FastifyRequest } from 'fastify'
import type { AdminListenerAddress } from '../listener-address.ts'
import type { Problem } from '../problems/problem.ts'

/**
 * A form of another site cannot send this header. A script of another site needs a CORS preflight, which the server
 * refuses.
 */
const CONSOLE_HEADER = 'x-latchkey-console'

export function isFromOwnPage(listener: AdminListenerAddress, { headers }: FastifyRequest): boolean {
  if (headers[CONSOLE_HEADER] !== '1') return false
  const site = headers['sec-fetch-site']
  // Pages cannot set the header Sec-Fetch-Site. Behind a proxy only this header decides, because the Origin is then the
  // address of the proxy.
  if (site !== undefined) return site === 'same-origin'
  const scheme = listener.tls === undefined ? 'http' : 'https'
  // The Host check has passed, so the Host header has an address of this listener.
  return headers.origin === `${scheme}://${headers.host ?? ''}`
}

export const CSRF_REFUSED: Problem = {
  code: 'csrf_refused',
  detail:
    'The server accepts a change by a signed-in browser only from a page of this listener, with the Origin of the listener and the header "X-Latchkey-Console: 1". Use an admin key in a program.',
}
