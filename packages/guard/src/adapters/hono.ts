// Guards routes of Hono.

/**
 * Guards routes of Hono. The package does not depend on Hono: its types describe the parts that the guard needs.
 *
 * @module @latchkey/guard/hono
 */
import type { TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

/** The part of a Hono context that the guard needs. */
export interface HonoContextLike {
  /** The request. */
  readonly req: { readonly raw: Request }
}

const claimsByRequest = new WeakMap<Request, TokenClaims>()

/**
 * Makes a middleware that calls `next` if the token of the request is live and of this scope. Otherwise it answers 401,
 * 403 or 503 itself (RFC 6750 §3).
 *
 * @param scope exactly one scope.
 * @throws GuardError `OPTIONS_INVALID` if the text is not exactly one scope.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono'
 * import { createGuard } from '@latchkey/guard'
 * import { claimsOf, requireScope } from '@latchkey/guard/hono'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * const app = new Hono()
 * app.post('/predict', requireScope(guard, 'machinelearning.predict'), (context) =>
 *   context.json({ calledBy: claimsOf(context)?.clientId }),
 * )
 * ```
 */
export function requireScope(
  guard: Guard,
  scope: string,
): (context: HonoContextLike, next: () => Promise<void>) => Promise<Response | undefined> {
  const required = requiredScope(scope)
  return async (context, next) => {
    const { raw } = context.req
    const decision = await guard.check(raw.headers.get('authorization') ?? undefined, required)
    if (!decision.ok) return new Response(decision.body, { status: decision.status, headers: decision.headers })
    claimsByRequest.set(raw, decision.claims)
    await next()
    return undefined
  }
}

/**
 * Returns the claims of the token that was accepted for this request. Undefined if `requireScope` did not accept one.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono'
 * import { createGuard } from '@latchkey/guard'
 * import { claimsOf, requireScope } from '@latchkey/guard/hono'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * const app = new Hono()
 * app.post('/predict', requireScope(guard, 'machinelearning.predict'), (context) =>
 *   context.json({ calledBy: claimsOf(context)?.clientId }),
 * )
 * ```
 */
export const claimsOf = (context: HonoContextLike): TokenClaims | undefined => claimsByRequest.get(context.req.raw)
