// Guards routes of Fastify.

/**
 * Guards routes of Fastify. The package does not depend on Fastify: its types describe the parts that the guard needs.
 *
 * @module @latchkey/guard/fastify
 */
import { authorizationOf } from '../authorization-of.ts'
import type { TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

/** The part of a Fastify request that the guard needs. */
export interface FastifyRequestLike {
  /** The request of `node:http`. */
  readonly raw: { readonly rawHeaders: readonly string[] }
}

/** The part of a Fastify reply that the guard needs. */
export interface FastifyReplyLike {
  /** Sets the status. */
  code(status: number): unknown
  /** Sets headers. */
  headers(headers: Readonly<Record<string, string>>): unknown
  /** Sends the answer. */
  send(body: string): unknown
}

const claimsByRequest = new WeakMap<object, TokenClaims>()

/**
 * Makes an `onRequest` or `preHandler` hook that lets a request pass if its token is live and of this scope. Otherwise
 * the hook answers 401, 403 or 503 (RFC 6750 §3). A request with two `Authorization` headers has no token.
 *
 * @param scope exactly one scope.
 * @throws GuardError `OPTIONS_INVALID` if the text is not exactly one scope.
 *
 * @example
 * ```ts
 * import Fastify from 'fastify'
 * import { createGuard } from '@latchkey/guard'
 * import { claimsOf, requireScope } from '@latchkey/guard/fastify'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * const app = Fastify()
 * app.post('/predict', { onRequest: requireScope(guard, 'machinelearning.predict') }, (request) => ({
 *   calledBy: claimsOf(request)?.clientId,
 * }))
 * ```
 */
export function requireScope(
  guard: Guard,
  scope: string,
): (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown> {
  const required = requiredScope(scope)
  return async (request, reply) => {
    const decision = await guard.check(authorizationOf(request.raw), required)
    if (decision.ok) {
      claimsByRequest.set(request, decision.claims)
      return undefined
    }
    reply.code(decision.status)
    reply.headers(decision.headers)
    reply.send(decision.body)
    // Fastify waits for the returned reply to be sent. Without it, Fastify would run the handler for the refused
    // request while an asynchronous `onSend` hook delays the answer.
    return reply
  }
}

/**
 * Returns the claims of the token that was accepted for this request. Undefined if `requireScope` did not accept one.
 *
 * @example
 * ```ts
 * import Fastify from 'fastify'
 * import { createGuard } from '@latchkey/guard'
 * import { claimsOf, requireScope } from '@latchkey/guard/fastify'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * const app = Fastify()
 * app.post('/predict', { onRequest: requireScope(guard, 'machinelearning.predict') }, (request) => ({
 *   calledBy: claimsOf(request)?.clientId,
 * }))
 * ```
 */
export const claimsOf = (request: FastifyRequestLike): TokenClaims | undefined => claimsByRequest.get(request)
