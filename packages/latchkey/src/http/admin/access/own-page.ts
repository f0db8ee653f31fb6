// Checks that a page of this listener sent the request: a browser adds cookies to requests of other pages too.
import type { FastifyRequest } from 'fastify'
import type { AdminListenerAddress } from '../listener-address.ts'
import type { Problem } from '../problems/problem.ts'

/**
 * A form of another site cannot send this header. A script of another site needs a CORS preflight, which is refused.
 */
const CONSOLE_HEADER = 'x-latchkey-console'

export function isFromOwnPage(listener: AdminListenerAddress, { headers }: FastifyRequest): boolean {
  if (headers[CONSOLE_HEADER] !== '1') return false
  const site = headers['sec-fetch-site']
  // Pages cannot set this header. Behind a proxy it decides, because there the origin of the page is that of the proxy.
  if (site !== undefined) return site === 'same-origin'
  const scheme = listener.tls === undefined ? 'http' : 'https'
  // The Host check has passed, so the header has an address of this listener.
  return headers.origin === `${scheme}://${headers.host ?? ''}`
}

export const CSRF_REFUSED: Problem = {
  code: 'csrf_refused',
  detail:
    'A change by a signed-in browser is taken from a page of this listener only: with its own Origin and the header "X-Latchkey-Console: 1". A program uses an admin key instead.',
}
