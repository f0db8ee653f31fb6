// Guards handlers that take a Request and return a Response.
import type { RefusedDecision, TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

export type FetchHandler = (request: Request) => Promise<Response>

/**
 * Wraps a handler, which is called with the claims when the request's token is live and of this scope; otherwise the
 * answer is 401, 403 or 503. Throws `GuardError` `OPTIONS_INVALID` for a text that is not one scope.
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
