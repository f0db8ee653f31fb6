// The verdict on a request, and the answer that goes with a refusal (RFC 6750 §3).
import { bearerChallenge, describeReason, type Reason, type Scope } from '@latchkey/protocol'
import type { GuardErrorCode } from './guard-error.ts'

/** The claims of a token whose signature is valid (RFC 9068 §2.2). */
export interface TokenClaims {
  /** The client that requested the token: `client_id`. */
  readonly clientId: string
  /** The one scope of the token. */
  readonly scope: Scope
  /** The API that the token is for: `aud`. */
  readonly audience: string
  /** The claim `jti`. It identifies the token in logs. */
  readonly jti: string
  /** The claim `gen`. It orders the tokens of one client and scope. */
  readonly generation: number
  /** Seconds since the epoch. */
  readonly issuedAt: number
  /** Seconds since the epoch. The token is expired from this second on. */
  readonly expiresAt: number
}

/**
 * The reasons why a request is refused. The guard checks `temporarily_unavailable` first, and then the others in this
 * order. The decision has the first reason that applies.
 */
export type DecisionReason = 'token_missing' | Reason | 'insufficient_scope' | 'temporarily_unavailable'

/** The verdict on a request. */
export type Decision = AcceptedDecision | RefusedDecision

/** The token is live, and of the required scope. */
export interface AcceptedDecision {
  readonly ok: true
  /** The claims of the token. */
  readonly claims: TokenClaims
}

/** The request is refused. `status`, `headers` and `body` are the complete answer (RFC 6750 §3). */
export interface RefusedDecision {
  readonly ok: false
  /**
   * 401: the request has no live token. 403: the token is live, but has another scope. 503: the guard cannot find out
   * now whether the token is live; the answer has `Retry-After`.
   */
  readonly status: 401 | 403 | 503
  /** The first reason that applies. Also in the header `Latchkey-Reason` of a 401 or 403. */
  readonly reason: DecisionReason
  /** Why the status is 503. Undefined for other statuses. */
  readonly code?: GuardErrorCode
  /** The claims of the refused token. Undefined unless its signature is valid. */
  readonly claims?: TokenClaims
  /** All headers of the answer except Content-Length. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body: string
}

const REALM = 'latchkey'
const RETRY_AFTER_SECONDS = '1'

export const accepted = (claims: TokenClaims): AcceptedDecision => Object.freeze({ ok: true, claims })

/** A 401 has a challenge (RFC 6750 §3.1). */
export function refusedToken(reason: Reason, claims?: TokenClaims): RefusedDecision {
  const errorDescription = describeReason(reason)
  return {
    ok: false,
    status: 401,
    reason,
    ...(claims !== undefined && { claims }),
    headers: headersOf({
      'WWW-Authenticate': bearerChallenge({ realm: REALM, error: 'invalid_token', errorDescription }),
      'Latchkey-Reason': reason,
    }),
    body: JSON.stringify({ error: 'invalid_token', error_description: errorDescription }),
  }
}

/** RFC 6750 §3.1: the challenge to a request without credentials has no error code. */
export const missingToken = (): RefusedDecision => ({
  ok: false,
  status: 401,
  reason: 'token_missing',
  headers: headersOf({ 'WWW-Authenticate': bearerChallenge({ realm: REALM }) }),
  body: JSON.stringify({ error: 'invalid_request', error_description: 'An access token is needed' }),
})

export function insufficientScope(required: Scope, claims: TokenClaims): RefusedDecision {
  const errorDescription = 'The token is good, but not for what is asked here'
  return {
    ok: false,
    status: 403,
    reason: 'insufficient_scope',
    claims,
    headers: headersOf({
      'WWW-Authenticate': bearerChallenge({
        realm: REALM,
        error: 'insufficient_scope',
        errorDescription,
        scope: required,
      }),
      'Latchkey-Reason': 'insufficient_scope',
    }),
    body: JSON.stringify({ error: 'insufficient_scope', error_description: errorDescription }),
  }
}

/**
 * The guard does not know whether the token is live. It answers 503, not 401, because the outage is not the fault of
 * the caller.
 */
export const unavailable = (code: GuardErrorCode): RefusedDecision => ({
  ok: false,
  status: 503,
  reason: 'temporarily_unavailable',
  code,
  headers: headersOf({ 'Retry-After': RETRY_AFTER_SECONDS }),
  body: JSON.stringify({
    error: 'temporarily_unavailable',
    error_description: 'Whether the token is live is not known at the moment',
  }),
})

const headersOf = (own: Record<string, string>): Readonly<Record<string, string>> => ({
  ...own,
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
})
