// The claims of an access token (RFC 9068) and their spelling in JSON.
import type { Scope } from './scope.ts'

/** The claims of an access token, by their names on the wire. */
export interface AccessTokenClaims {
  readonly iss: string
  /** Always the `client_id`: no user is involved in a client credentials grant. */
  readonly sub: string
  readonly client_id: string
  readonly aud: string
  /** Seconds since the epoch. */
  readonly iat: number
  /** Seconds since the epoch; the token is expired from this second on. */
  readonly exp: number
  /** A UUID in lower case. */
  readonly jti: string
  /** Exactly one scope. */
  readonly scope: Scope
  /** The slot's generation: orders the tokens of a client and scope, however clocks are set. */
  readonly gen: number
  /** The `client_id` once more, and the scope as an array, for verifiers written for the reference platform. */
  readonly cid: string
  readonly scp: readonly [Scope]
  readonly ver: 1
}

/** What has to be decided to issue a token; the rest of its claims follows. */
export interface AccessTokenFacts {
  readonly issuer: string
  readonly clientId: string
  readonly scope: Scope
  readonly audience: string
  readonly jti: string
  readonly generation: number
  /** Seconds since the epoch. */
  readonly issuedAt: number
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** The claims of a token to issue, frozen. */
export const accessTokenClaims = (facts: AccessTokenFacts): AccessTokenClaims =>
  Object.freeze({
    iss: facts.issuer,
    sub: facts.clientId,
    client_id: facts.clientId,
    aud: facts.audience,
    iat: facts.issuedAt,
    exp: facts.expiresAt,
    jti: facts.jti,
    scope: facts.scope,
    gen: facts.generation,
    cid: facts.clientId,
    scp: Object.freeze([facts.scope] as const),
    ver: 1,
  })

/** The claims as JSON, always in the same order: re-signing recorded claims repeats the text (RS256 and EdDSA). */
export function accessTokenPayload(claims: AccessTokenClaims): string {
  const { iss, sub, client_id, aud, iat, exp, jti, scope, gen, cid, scp, ver } = claims
  return JSON.stringify({ iss, sub, client_id, aud, iat, exp, jti, scope, gen, cid, scp, ver })
}
