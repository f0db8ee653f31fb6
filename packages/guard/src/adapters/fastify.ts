// Guards routes of Fastify. Its types are described, not imported: the guard does not depend on it.
import { authorizationOf } from '../authorization-of.ts'
import type { TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

/** As much of a Fastify request as is needed. */
export interface FastifyRequestLike {
  readonly raw: { readonly rawHeaders: readonly string[] }
}

/** As much of a Fastify reply as is needed. */
export interface FastifyReplyLike {
  code(status: number): unknown
  headers(headers: Readonly<Record<string, string>>): unknown
  send(body: string): unknown
}

const claimsByRequest = new WeakMap<object, TokenClaims>()

/**
 * An `onRequest` (or `preHandler`) hook that lets a request pass when its token is live and of this scope, and answers
 * 401, 403 or 503 otherwise. Throws `GuardError` `OPTIONS_INVALID` for a text that is not one scope.
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
    // Fastify waits for it to be sent. Without it the handler would run for the refused request as long as an
    // asynchronous `onSend` hook keeps the answer back.
    return reply
  }
}

/** The claims of the token that let this request through; undefined when none was asked for. */
export const claimsOf = (request: FastifyRequestLike): TokenClaims | undefined => claimsByRequest.get(request)
