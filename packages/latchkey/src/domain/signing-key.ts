// A signing key as the server remembers it: published before it signs, accepted until the last token it signed is over.
import type { EpochSeconds } from './slot.ts'

/** RS256 first: RFC 9068 §4 makes it mandatory, and existing verifiers know nothing else. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** The public half as a JWK (RFC 7517), and nothing of the private one. */
export type PublicJwk = PublicKeyMaterial & {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

/** The members that make the key, those of its RFC 7638 thumbprint. */
export type PublicKeyMaterial =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }

export interface SigningKeyRecord {
  /** The RFC 7638 thumbprint of the public half. */
  readonly kid: string
  readonly alg: SigningAlgorithm
  /** `next` is published so that verifiers know it before it signs; `retired` has signed and no longer does. */
  readonly status: 'next' | 'signing' | 'retired'
  readonly publicJwk: PublicJwk
  readonly sealedPrivateKey: Uint8Array
  readonly createdAt: EpochSeconds
  /** The first second in which every token it signed is over; null while it is not retired. */
  readonly acceptedUntil: EpochSeconds | null
}

/**
 * Is a signature by this key good, and the key published? One that is still `next` here may already sign in another
 * process of the same store. A retired key without an end is not accepted.
 */
export const isAccepted = (record: SigningKeyRecord, now: EpochSeconds): boolean =>
  record.status !== 'retired' || (record.acceptedUntil !== null && now < record.acceptedUntil)

/** The one key that signs; undefined when there is none yet. Throws when several claim to. */
export function signingKeyOf(records: readonly SigningKeyRecord[]): SigningKeyRecord | undefined {
  const [key, ...others] = records.filter((record) => record.status === 'signing')
  if (others.length > 0) throw new Error(`${String(others.length + 1)} keys are marked as signing; exactly one may be`)
  return key
}
