// Whether a request was sent by a page of this listener: a browser adds its cookies to what other pages send, too.
import type { FastifyRequest } from 'fastify'
import type { AdminListenerAddress } from '../listener-address.ts'
import type { Problem } from '../problems/problem.ts'

/** No form and no plain request of another site can carry it; a script there would have to ask first, and is refused. */
const CONSOLE_HEADER = 'x-latchkey-console'

export function isFromOwnPage(listener: AdminListenerAddress, { headers }: FastifyRequest): boolean {
  if (headers[CONSOLE_HEADER] !== '1') return false
  const site = headers['sec-fetch-site']
  // Pages cannot set it. Behind a proxy it is what tells, for there the page's origin is the proxy's.
  if (site !== undefined) return site === 'same-origin'
  const scheme = listener.tls === undefined ? 'http' : 'https'
  // The Host header was checked before: it is this listener's own address.
  return headers.origin === `${scheme}://${headers.host ?? ''}`
}

export const CSRF_REFUSED: Problem = {
  code: 'csrf_refused',
  detail:
    'A change by a signed-in browser is taken from a page of this listener only: with its own Origin and the header "X-Latchkey-Console: 1". A program uses an admin key instead.',
}
