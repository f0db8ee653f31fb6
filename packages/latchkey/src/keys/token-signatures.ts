// Checks that this issuer signed a token. Remembers valid signatures, never verdicts.
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

/** A signature that was valid under this key, and what it covers. */
interface Checked {
  readonly kid: string
  readonly publicKey: KeyObject
  readonly outcome: Accepted<AccessTokenClaims>
}

export function createTokenSignatures(settings: {
  readonly keySet: KeySet
  /** The `iss` of this server. Any other is refused. */
  readonly issuer: string
  /** The number of valid signatures to remember, some 600 bytes each. */
  readonly cacheSize: number
}): TokenSignatures {
  const { keySet, issuer, cacheSize } = settings
  const checked = new LRUCache<string, Checked>({ max: cacheSize })

  return {
    verify: (token) => {
      if (token.length > MAX_ACCESS_TOKEN_LENGTH) return refuse('malformed')
      // Keyed by a hash, so that no bearer text stays in memory. Only what has the shape of a token was ever stored, and
      // no other text has the same UTF-8 bytes: a hit needs no check of its characters.
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
      // Invalid signatures are not remembered: a flood of forgeries must not evict the valid ones.
      checked.set(name, { kid, publicKey: key.publicKey, outcome })
      return outcome
    },
  }
}

/** The key decides the algorithm. A header that names another algorithm is refused (RFC 8725 §3.1). */
const isSignedBy = (key: OpenedKey, { alg, signingInput, signature }: PresentedToken): boolean =>
  alg === key.record.alg &&
  signature.length === key.signatureBytes &&
  verify(key.digest, signingInput, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, signature)
