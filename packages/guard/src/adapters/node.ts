// Guards handlers of node:http and Express.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { authorizationOf } from '../authorization-of.ts'
import type { RefusedDecision, TokenClaims } from '../decision.ts'
import type { Guard } from '../guard.ts'
import { requiredScope } from '../required-scope.ts'

export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

const claimsByRequest = new WeakMap<object, TokenClaims>()

/**
 * Middleware that calls `next` when the request's token is live and of this scope, and answers 401, 403 or 503 itself
 * otherwise. Throws `GuardError` `OPTIONS_INVALID` for a text that is not one scope.
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

/** The claims of the token that let this request through; undefined when none was asked for. */
export const claimsOf = (request: IncomingMessage): TokenClaims | undefined => claimsByRequest.get(request)

function answer(response: ServerResponse, { status, headers, body }: RefusedDecision): void {
  // Somebody else, such as a time-out, has answered meanwhile.
  if (response.headersSent) return
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}
