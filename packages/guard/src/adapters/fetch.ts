// Guards handlers that take a Request and return a Response.

/**
 * Guards handlers that take a `Request` and return a `Response`.
 *
 * @module @latchkey/guard/fetch
 */
import type { RefusedDecision, TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

/** A handler that takes a `Request` and returns a `Response`. */
export type FetchHandler = (request: Request) => Promise<Response>

/**
 * Makes a wrapper for handlers. The wrapped handler is called with the claims if the token of the request is live and
 * of this scope. Otherwise the answer is 401, 403 or 503 (RFC 6750 §3).
 *
 * @param scope exactly one scope.
 * @throws GuardError `OPTIONS_INVALID` if the text is not exactly one scope.
 *
 * @example
 * ```ts
 * import { createGuard } from '@latchkey/guard'
 * import { requireScope } from '@latchkey/guard/fetch'
 *
 * const guard = createGuard({
 *   issuer: new URL('https://auth.example.com/oauth2/default'),
 *   audience: 'api://default',
 *   liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
 *   credentials: { clientId: 'lk0123456789abcd', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * })
 * const predict = requireScope(guard, 'machinelearning.predict')
 * const handler = predict((_request, claims) => Response.json({ calledBy: claims.clientId }))
 * const { status } = await handler(new Request('https://api.example.com/ai/prediction'))
 * console.log(status)
 * ```
 */
export function requireScope(
  guard: Guard,
  scope: string,
): (handler: (request: Request, claims: TokenClaims) => Response | Promise<Response>) => FetchHandler {
  const required = requiredScope(scope)
  return (handler) => async (request) => {
    const decision = await guard.check(request.headers.get('authorization') ?? undefined, required)
    return decision.ok ? handler(request, decision.claims) : responseOf(decision)
  }
}

const responseOf = ({ status, headers, body }: RefusedDecision): Response => new Response(body, { status, headers })
