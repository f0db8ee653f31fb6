// Checks that the issuer signed a token. It caches valid signatures, but no decisions.
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

/** A token whose signature is valid and whose claims are well formed. It may have ended. */
export interface SignedToken {
  readonly claims: TokenClaims
  /** The decision to accept the token, made once and used while the token is live. */
  readonly accepted: AcceptedDecision
  /** The SHA-256 of the `jti`, in the form that the live table compares. */
  readonly jtiHash: string
  /** The key with which the signature was verified. */
  readonly key: VerifyingKey
  /**
   * True if a request has shown the token after its expiry. It then stays expired while the guard caches it, even if
   * the wall clock is set back.
   */
  isEnded: boolean
  /** The number of the token's slot in the table `table`. */
  slot: number
  table: unknown
}

export type SignatureVerdict = SignedToken | 'malformed' | 'bad_signature'

export interface SignedTokens {
  /**
   * Returns undefined for an invalid token. Throws, or rejects with, `GuardError` if the guard does not have the keys.
   */
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
      // The cache belongs to the key object: when a key is dropped, its cached signatures are dropped too.
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
