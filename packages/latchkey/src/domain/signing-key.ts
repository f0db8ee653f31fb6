// A signing key. The server publishes a key before the key signs, and accepts the key until the last token of the key
// has expired.
import type { EpochSeconds, RecordedToken } from './slot.ts'

/** RS256 comes first because RFC 9068 §4 makes it mandatory, and because some verifiers support only RS256. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** The public key as a JWK (RFC 7517). */
export type PublicJwk = PublicKeyMaterial & {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

/** The members of the key that its RFC 7638 thumbprint covers. */
export type PublicKeyMaterial =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }

export interface SigningKeyRecord {
  /** The RFC 7638 thumbprint of the public key. */
  readonly kid: string
  readonly alg: SigningAlgorithm
  /**
   * `next`: published, so that verifiers know the key before it signs. `retired`: no longer signs, but its tokens are
   * still accepted. `revoked`: its tokens are rejected. The record of a revoked key stays until its tokens have
   * expired, so that the server can reject them with the reason `revoked`.
   */
  readonly status: SigningKeyStatus
  readonly publicJwk: PublicJwk
  readonly sealedPrivateKey: Uint8Array
  readonly createdAt: EpochSeconds
  /** The time at which the key began to sign, or is due to begin (status `next`). */
  readonly signsFrom: EpochSeconds
  /** The time at which the key stopped signing. Null until then. */
  readonly retiredAt: EpochSeconds | null
  readonly revokedAt: EpochSeconds | null
  /**
   * The first second in which all tokens of the key have expired, and in which the record can be removed. Null until
   * the key stops signing.
   */
  readonly acceptedUntil: EpochSeconds | null
}

export type SigningKeyStatus = 'next' | 'signing' | 'retired' | 'revoked'

/**
 * Returns true if the server publishes the key and accepts its signatures. A `next` key is accepted, because another
 * server on the same store may already sign with it. A retired key is accepted only until its `acceptedUntil`.
 */
export const isAccepted = (record: SigningKeyRecord, now: EpochSeconds): boolean =>
  record.status === 'next' || record.status === 'signing' || (record.status === 'retired' && isKept(record, now))

/** Returns true if a token that the key signed may still be unexpired. */
export const isKept = ({ acceptedUntil }: SigningKeyRecord, now: EpochSeconds): boolean =>
  acceptedUntil !== null && now < acceptedUntil

/** Two reads of the clock, in whole seconds, may differ by one second. */
const TOLERANCE_SECONDS = 1

/**
 * Returns true if the token was issued while the key was the signing key. A newer key may have signed the same claims
 * too, because the server signs again when it returns a live token again.
 */
export const canHaveSigned = (
  { status, signsFrom, retiredAt }: SigningKeyRecord,
  { issuedAt }: Pick<RecordedToken, 'issuedAt'>,
): boolean =>
  status !== 'next' &&
  issuedAt >= signsFrom - TOLERANCE_SECONDS &&
  (retiredAt === null || issuedAt <= retiredAt + TOLERANCE_SECONDS)

/** Returns the key with the status `signing`. Undefined if there is no such key yet. Throws if there are several. */
export function signingKeyOf(records: readonly SigningKeyRecord[]): SigningKeyRecord | undefined {
  const [key, ...others] = records.filter((record) => record.status === 'signing')
  if (others.length > 0)
    throw new Error(`${String(others.length + 1)} keys have the status "signing"; exactly one key may have it`)
  return key
}
