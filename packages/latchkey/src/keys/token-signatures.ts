// Checks that this server signed a token. Caches which signatures are valid. The caller decides for each request
// whether the token is live.
import { hash, type KeyObject, verify } from 'node:crypto'
import {
  accept,
  type Accepted,
  type AccessTokenClaims,
  MAX_ACCESS_TOKEN_LENGTH,
  type PresentedToken,
  readAccessToken,
  readAccessTokenClaims,
  refuse,
} from '@latchkey/protocol'
import { LRUCache } from 'lru-cache'
import type { TokenSignatures } from '../ports/token-signatures.ts'
import type { KeySet } from './key-set.ts'
import type { OpenedKey } from './signing-keys.ts'

/** A cached valid signature: the key that verified the signature, and the claims that it covers. */
interface Checked {
  readonly kid: string
  readonly publicKey: KeyObject
  readonly outcome: Accepted<AccessTokenClaims>
}

export function createTokenSignatures(settings: {
  readonly keySet: KeySet
  /** The `iss` of this server. A token with another issuer is refused. */
  readonly issuer: string
  /** The largest number of cached signatures, of some 600 bytes each. */
  readonly cacheSize: number
}): TokenSignatures {
  const { keySet, issuer, cacheSize } = settings
  const checked = new LRUCache<string, Checked>({ max: cacheSize })

  return {
    verify: (token) => {
      if (token.length > MAX_ACCESS_TOKEN_LENGTH) return refuse('malformed')
      // The cache key is the hash of the token, so that no token text stays in memory. The cache holds only tokens with
      // valid signatures, so a hit needs no further check of the text.
      const name = hash('sha256', token, 'latin1')
      const known = checked.get(name)
      if (known !== undefined && keySet.accepted(known.kid)?.publicKey === known.publicKey) return known.outcome

      const presented = readAccessToken(token)
      if (!presented.ok) return presented
      const { kid } = presented.value
      const accepted = keySet.accepted(kid)
      const key = accepted ?? keySet.revoked(kid)
      if (key === undefined || !isSignedBy(key, presented.value)) return refuse('bad_signature')
      const claims = readAccessTokenClaims(presented.value.payload)
      if (!claims.ok) return claims
      if (claims.value.iss !== issuer) return refuse('bad_signature')
      if (accepted === undefined) return refuse('revoked')
      const outcome = Object.freeze(accept(claims.value))
      // The cache holds only valid signatures, so that a flood of forged tokens cannot evict them.
      checked.set(name, { kid, publicKey: key.publicKey, outcome })
      return outcome
    },
  }
}

/** The key determines the algorithm. A token whose header names another algorithm is refused (RFC 8725 §3.1). */
const isSignedBy = (key: OpenedKey, { alg, signingInput, signature }: PresentedToken): boolean =>
  alg === key.record.alg &&
  signature.length === key.signatureBytes &&
  verify(key.digest, signingInput, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, signature)
