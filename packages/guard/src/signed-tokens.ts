// Checks that a token was signed by the issuer; remembers good signatures, never verdicts.
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
  /** The answer, made once, for as long as the token is live. */
  readonly accepted: AcceptedDecision
  /** SHA-256 of the `jti`, as the live table compares it. */
  readonly jtiHash: string
  /** What the signature is good by. */
  readonly key: VerifyingKey
  /** It was seen past its end: no step of the wall clock revives it (in the guard's memory of tokens). */
  isEnded: boolean
  /** Where the live table has its slot; belongs to the table that `table` names. */
  slot: number
  table: unknown
}

export type SignatureVerdict = SignedToken | 'malformed' | 'bad_signature'

export interface SignedTokens {
  /** Never rejects for a token's fault. Rejects, or throws, `GuardError` when the keys are not known. */
  verify(token: string): SignatureVerdict | Promise<SignatureVerdict>
}

export function createSignedTokens(settings: {
  readonly keys: KeySet
  readonly issuer: string
  /** How many good signatures are remembered: some 900 bytes each. */
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
    // Bad ones are not remembered: a flood of forgeries must not push out the good.
    known.set(name, signed)
    return signed
  }

  return {
    verify: (token) => {
      if (token.length > MAX_ACCESS_TOKEN_LENGTH) return 'malformed'
      // Keyed by a hash, so that no bearer text stays in memory.
      const name = hash('sha256', token, 'latin1')
      const remembered = known.get(name)
      // Bound to the key object: a key that is not accepted any more takes its signatures with it.
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
