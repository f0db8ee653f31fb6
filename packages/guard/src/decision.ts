// The verdict on a request, and the answer that goes with a refusal (RFC 6750 §3).
import { bearerChallenge, describeReason, type Reason, type Scope } from '@latchkey/protocol'
import type { GuardErrorCode } from './guard-error.ts'

/** What an accepted token says. */
export interface TokenClaims {
  readonly clientId: string
  readonly scope: Scope
  readonly audience: string
  /** Names the token in logs. */
  readonly jti: string
  /** Orders the tokens of a client and scope. */
  readonly generation: number
  /** Seconds since the epoch. */
  readonly issuedAt: number
  /** Seconds since the epoch; the token is expired from this second on. */
  readonly expiresAt: number
}

/** In the order in which they are looked for, after `temporarily_unavailable`: the guard does not know. */
export type DecisionReason = 'token_missing' | Reason | 'insufficient_scope' | 'temporarily_unavailable'

export type Decision = AcceptedDecision | RefusedDecision

export interface AcceptedDecision {
  readonly ok: true
  readonly claims: TokenClaims
}

/** `status`, `headers` and `body` are the answer to send, complete. */
export interface RefusedDecision {
  readonly ok: false
  readonly status: 401 | 403 | 503
  readonly reason: DecisionReason
  /** Why the status is 503. */
  readonly code?: GuardErrorCode
  /** Of the refused token, where its signature was good. */
  readonly claims?: TokenClaims
  readonly headers: Readonly<Record<string, string>>
  /** JSON */
  readonly body: string
}

const REALM = 'latchkey'
const RETRY_AFTER_SECONDS = '1'

export const accepted = (claims: TokenClaims): AcceptedDecision => Object.freeze({ ok: true, claims })

/** 401: RFC 6750 §3.1. */
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

/** RFC 6750 §3.1: a request without credentials is told no error code in its challenge. */
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

/** Not known is neither yes nor no: our outage is never the caller's 401. */
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
