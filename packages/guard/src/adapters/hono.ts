// Guards routes of Hono. Its types are described, not imported: the guard does not depend on it.
import type { TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

/** As much of a Hono context as is needed. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request }
}

const claimsByRequest = new WeakMap<Request, TokenClaims>()

/**
 * Middleware that calls `next` when the request's token is live and of this scope, and answers 401, 403 or 503 itself
 * otherwise. Throws `GuardError` `OPTIONS_INVALID` for a text that is not one scope.
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

/** The claims of the token that let this request through; undefined when none was asked for. */
export const claimsOf = (context: HonoContextLike): TokenClaims | undefined => claimsByRequest.get(context.req.raw)
