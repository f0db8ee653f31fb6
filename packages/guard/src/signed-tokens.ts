// Checks that the issuer signed a token. Caches valid signatures, never verdicts.
import { hash } from 'node:crypto'
import {
  type AccessTokenClaims,
  MAX_ACCESS_TOKEN_LENGTH,
  type PresentedToken,
  readAccessToken,
  readAccessTokenClaims,
} from '@latchkey/protocol'
import { type AcceptedDecision, accepted, type TokenClaims } from './decision.ts'
import type { KeySet } from './key-set.ts'
import { RecentMap } from './recent-map.ts'
import { isSignedBy, type VerifyingKey } from './verifying-key.ts'

/** A token whose signature is good and whose claims are well formed. Says nothing about whether it is live. */
export interface SignedToken {
  readonly claims: TokenClaims
  /** The decision, built once and used while the token is live. */
  readonly accepted: AcceptedDecision
  /** SHA-256 of the `jti`, as the live table compares it. */
  readonly jtiHash: string
  /** The key that verifies the signature. */
  readonly key: VerifyingKey
  /**
   * True once the token was seen past its end: a step of the wall clock does not revive it while the guard caches the
   * token.
   */
  isEnded: boolean
  /** The number of the token's slot in the table that `table` names. */
  slot: number
  table: unknown
}

export type SignatureVerdict = SignedToken | 'malformed' | 'bad_signature'

export interface SignedTokens {
  /** Returns undefined for an invalid token. Rejects with, or throws, `GuardError` if the keys are not known. */
  verify(token: string): SignatureVerdict | Promise<SignatureVerdict>
}

export function createSignedTokens(settings: {
  readonly keys: KeySet
  readonly issuer: string
  /** The number of cached signatures, of about 900 bytes each. */
  readonly capacity: number
}): SignedTokens {
  const { keys, issuer, capacity } = settings
  const known = new RecentMap<string, SignedToken>(capacity)

  const check = (name: string, presented: PresentedToken, key: VerifyingKey | undefined): SignatureVerdict => {
    if (key === undefined || !isSignedBy(key, presented)) return 'bad_signature'
    const claims = readAccessTokenClaims(presented.payload)
    if (!claims.ok) return 'malformed'
    if (claims.value.iss !== issuer) return 'bad_signature'
    const signed = signedToken(claims.value, key)
    // Invalid signatures are not cached: a flood of forgeries must not evict valid ones.
    known.set(name, signed)
    return signed
  }

  return {
    verify: (token) => {
      if (token.length > MAX_ACCESS_TOKEN_LENGTH) return 'malformed'
      // Keyed by a hash, so that no token text stays in memory.
      const name = hash('sha256', token, 'latin1')
      const remembered = known.get(name)
      // Bound to the key object: when a key is dropped, its cached signatures are dropped too.
      if (remembered !== undefined && keys.find(remembered.key.kid) === remembered.key) return remembered
      const presented = readAccessToken(token)
      if (!presented.ok) return 'malformed'
      const key = keys.find(presented.value.kid)
      if (key !== undefined) return check(name, presented.value, key)
      return keys.findAnew(presented.value.kid).then((found) => check(name, presented.value, found))
    },
  }
}

function signedToken(claims: AccessTokenClaims, key: VerifyingKey): SignedToken {
  const { client_id: clientId, scope, aud: audience, jti, gen: generation, iat: issuedAt, exp: expiresAt } = claims
  const own: TokenClaims = Object.freeze({ clientId, scope, audience, jti, generation, issuedAt, expiresAt })
  const jtiHash = hash('sha256', jti, 'latin1')
  return { claims: own, accepted: accepted(own), jtiHash, key, isEnded: false, slot: -1, table: undefined }
}
