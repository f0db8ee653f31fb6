// The claims of an access token (RFC 9068) and their spelling in JSON.
import type { Scope } from './scope.ts'

/** The claims of an access token (RFC 9068 §2.2), by their names on the wire. */
export interface AccessTokenClaims {
  /** The issuer: `{public URL}/oauth2/{authServerId}`, without a slash at its end. */
  readonly iss: string
  /** Always the `client_id`: no user is involved in a client credentials grant. */
  readonly sub: string
  /** The client that requested the token. */
  readonly client_id: string
  /** The API that the token is for. */
  readonly aud: string
  /** Seconds since the epoch. */
  readonly iat: number
  /** Seconds since the epoch. From this second on the token is expired. */
  readonly exp: number
  /** A UUID in lower case. */
  readonly jti: string
  /** Exactly one scope. */
  readonly scope: Scope
  /** The generation of the slot. It orders the tokens of one client and scope, even if a clock was set back. */
  readonly gen: number
  /** The `client_id` again. Like `scp`, it is there for verifiers that were written for the reference platform. */
  readonly cid: string
  /** The scope as an array of one. */
  readonly scp: readonly [Scope]
  /** The version of the set of claims. */
  readonly ver: 1
}

/** The values from which {@link accessTokenClaims} makes the claims of a token. */
export interface AccessTokenFacts {
  /** Becomes `iss`. */
  readonly issuer: string
  /** Becomes `sub`, `client_id` and `cid`. */
  readonly clientId: string
  /** Becomes `scope` and `scp`. */
  readonly scope: Scope
  /** Becomes `aud`. */
  readonly audience: string
  /** A UUID in lower case. */
  readonly jti: string
  /** Becomes `gen`. */
  readonly generation: number
  /** Seconds since the epoch. */
  readonly issuedAt: number
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/**
 * Makes the claims of a new token (RFC 9068 §2.2). Returns a frozen object.
 *
 * @example
 * ```ts
 * import { accessTokenClaims, isScope } from '@latchkey/protocol'
 *
 * const scope = 'machinelearning.predict'
 * if (!isScope(scope)) throw new Error('not a scope')
 * const claims = accessTokenClaims({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   scope,
 *   audience: 'api://default',
 *   jti: '0f3c6a52-9d51-4a7a-8c54-0b3f5a4a8d10',
 *   generation: 7,
 *   issuedAt: 1_800_000_000,
 *   expiresAt: 1_800_003_600,
 * })
 * console.log(claims.sub, claims.exp - claims.iat) // lk0123456789abcd 3600
 * ```
 */
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

/**
 * Writes the claims as JSON, always in the same order. RS256 and EdDSA are deterministic: they give the same token text
 * when the same claims are signed again.
 *
 * @example
 * ```ts
 * import { accessTokenClaims, accessTokenPayload, isScope } from '@latchkey/protocol'
 *
 * const scope = 'machinelearning.predict'
 * if (!isScope(scope)) throw new Error('not a scope')
 * const claims = accessTokenClaims({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   scope,
 *   audience: 'api://default',
 *   jti: '0f3c6a52-9d51-4a7a-8c54-0b3f5a4a8d10',
 *   generation: 7,
 *   issuedAt: 1_800_000_000,
 *   expiresAt: 1_800_003_600,
 * })
 * console.log(accessTokenPayload(claims).startsWith('{"iss":')) // true
 * ```
 */
export function accessTokenPayload(claims: AccessTokenClaims): string {
  const { iss, sub, client_id, aud, iat, exp, jti, scope, gen, cid, scp, ver } = claims
  return JSON.stringify({ iss, sub, client_id, aud, iat, exp, jti, scope, gen, cid, scp, ver })
}
