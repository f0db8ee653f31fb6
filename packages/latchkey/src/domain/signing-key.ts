// A signing key. The server publishes a key before it signs with it, and accepts the key until the last token that it
// signed has expired.
import type { EpochSeconds, RecordedToken } from './slot.ts'

/** RS256 comes first, because RFC 9068 §4 makes it mandatory and some verifiers support no other algorithm. */
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
   * accepted. `revoked`: its tokens are rejected. The record stays, so that they get the reason `revoked`.
   */
  readonly status: SigningKeyStatus
  readonly publicJwk: PublicJwk
  readonly sealedPrivateKey: Uint8Array
  readonly createdAt: EpochSeconds
  /** When the key began to sign. For a `next` key, when it is due to begin. */
  readonly signsFrom: EpochSeconds
  /** When the key stopped signing. Null until then. */
  readonly retiredAt: EpochSeconds | null
  readonly revokedAt: EpochSeconds | null
  /**
   * The first second in which all tokens of the key have expired. The record can then be removed. Null until the key
   * stops signing.
   */
  readonly acceptedUntil: EpochSeconds | null
}

export type SigningKeyStatus = 'next' | 'signing' | 'retired' | 'revoked'

/**
 * Returns true if the server publishes the key and accepts its signatures. A `next` key counts, because another process
 * of the same store may already sign with it. A retired key without an end is not accepted.
 */
export const isAccepted = (record: SigningKeyRecord, now: EpochSeconds): boolean =>
  record.status === 'next' || record.status === 'signing' || (record.status === 'retired' && isKept(record, now))

/** Returns true if a token that the key signed may be unexpired. */
export const isKept = ({ acceptedUntil }: SigningKeyRecord, now: EpochSeconds): boolean =>
  acceptedUntil !== null && now < acceptedUntil

/** The times of two reads of the clock may differ by one second. */
const TOLERANCE_SECONDS = 1

/**
 * Returns true if the token was issued while the key signed. A newer key may have signed the same token too, when the
 * server returned the token again.
 */
export const canHaveSigned = (
  { status, signsFrom, retiredAt }: SigningKeyRecord,
  { issuedAt }: Pick<RecordedToken, 'issuedAt'>,
): boolean =>
  status !== 'next' &&
  issuedAt >= signsFrom - TOLERANCE_SECONDS &&
  (retiredAt === null || issuedAt <= retiredAt + TOLERANCE_SECONDS)

/** Returns the key that signs. Undefined if there is none yet. Throws if several keys have this status. */
export function signingKeyOf(records: readonly SigningKeyRecord[]): SigningKeyRecord | undefined {
  const [key, ...others] = records.filter((record) => record.status === 'signing')
  if (others.length > 0) throw new Error(`${String(others.length + 1)} keys are marked as signing; exactly one may be`)
  return key
}
