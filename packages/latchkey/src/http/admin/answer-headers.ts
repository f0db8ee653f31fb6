// The headers of every answer on the admin listener, and the id of each request.
import type { IncomingMessage } from 'node:http'
import { newRequestId } from '../public/request-id.ts'

const SAFE_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/

/** Returns the X-Request-Id of the caller if it is safe in headers and logs, and otherwise a new id. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SAFE_REQUEST_ID.test(given) ? given : newRequestId()
}

export const answerHeaders = (requestId: string): Readonly<Record<string, string>> => ({
  'x-request-id': requestId,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
})
