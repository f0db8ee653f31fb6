// Guards handlers of node:http and Express.

/**
 * Guards routes of `node:http` and Express.
 *
 * @module @latchkey/guard/node
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { authorizationOf } from '../authorization-of.ts'
import type { RefusedDecision, TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

/** A middleware of `node:http`, Connect or Express. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

const claimsByRequest = new WeakMap<object, TokenClaims>()

/**
 * Makes a middleware that calls `next` if the token of the request is live and of this scope. Otherwise it answers 401,
 * 403 or 503 itself (RFC 6750 §3). A request with two `Authorization` headers has no token.
 *
 * @param scope exactly one scope.
 * @throws GuardError `OPTIONS_INVALID` if the text is not exactly one scope.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createGuard } from '@latchkey/guard'
 * import { claimsOf, requireScope } from '@latchkey/guard/node'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * const predict = requireScope(guard, 'machinelearning.predict')
 * createServer((request, response) => {
 *   predict(request, response, () => {
 *     response.end(`called by ${claimsOf(request)?.clientId ?? ''}`)
 *   })
 * })
 * ```
 */
export function requireScope(guard: Guard, scope: string): NodeMiddleware {
  const required = requiredScope(scope)
  return (request, response, next) => {
    guard.check(authorizationOf(request), required).then((decision) => {
      if (!decision.ok) {
        answer(response, decision)
        return
      }
      claimsByRequest.set(request, decision.claims)
      next()
    }, next)
  }
}

/**
 * Returns the claims of the token that was accepted for this request. Undefined if `requireScope` did not accept one.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { createGuard } from '@latchkey/guard'
 * import { claimsOf, requireScope } from '@latchkey/guard/node'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * const predict = requireScope(guard, 'machinelearning.predict')
 * createServer((request, response) => {
 *   predict(request, response, () => {
 *     response.end(`called by ${claimsOf(request)?.clientId ?? ''}`)
 *   })
 * })
 * ```
 */
export const claimsOf = (request: IncomingMessage): TokenClaims | undefined => claimsByRequest.get(request)

function answer(response: ServerResponse, { status, headers, body }: RefusedDecision): void {
  // Another handler, for example a timeout, may have answered in the meantime.
  if (response.headersSent) return
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}
