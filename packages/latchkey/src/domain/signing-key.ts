// A signing key as the server remembers it: published before it signs, accepted until the last token it signed is over.
import type { EpochSeconds, RecordedToken } from './slot.ts'

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
  /**
   * `next` is published so that verifiers know it before it signs; `retired` has signed and no longer does; `revoked` is
   * remembered so that its tokens are told from those of a stranger, and vouches for nothing.
   */
  readonly status: SigningKeyStatus
  readonly publicJwk: PublicJwk
  readonly sealedPrivateKey: Uint8Array
  readonly createdAt: EpochSeconds
  /** When it began to sign; for a `next` one, when it is to begin. */
  readonly signsFrom: EpochSeconds
  /** When it stopped signing; null until then. */
  readonly retiredAt: EpochSeconds | null
  readonly revokedAt: EpochSeconds | null
  /** The first second in which every token it signed is over, and its record may leave; null until it stops signing. */
  readonly acceptedUntil: EpochSeconds | null
}

export type SigningKeyStatus = 'next' | 'signing' | 'retired' | 'revoked'

/**
 * Is a signature by this key good, and the key published? One that is still `next` here may already sign in another
 * process of the same store. A retired key without an end is not accepted.
 */
export const isAccepted = (record: SigningKeyRecord, now: EpochSeconds): boolean =>
  record.status === 'next' || record.status === 'signing' || (record.status === 'retired' && isKept(record, now))

/** Can a token that it signed still be presented before its end? */
export const isKept = ({ acceptedUntil }: SigningKeyRecord, now: EpochSeconds): boolean =>
  acceptedUntil !== null && now < acceptedUntil

/** One second for clocks that are read a moment apart. */
const TOLERANCE_SECONDS = 1

/** Was this token issued while the key signed? A token handed out again later may bear the signature of a newer key too. */
export const canHaveSigned = (
  { status, signsFrom, retiredAt }: SigningKeyRecord,
  { issuedAt }: Pick<RecordedToken, 'issuedAt'>,
): boolean =>
  status !== 'next' &&
  issuedAt >= signsFrom - TOLERANCE_SECONDS &&
  (retiredAt === null || issuedAt <= retiredAt + TOLERANCE_SECONDS)

/** The one key that signs; undefined when there is none yet. Throws when several claim to. */
export function signingKeyOf(records: readonly SigningKeyRecord[]): SigningKeyRecord | undefined {
  const [key, ...others] = records.filter((record) => record.status === 'signing')
  if (others.length > 0) throw new Error(`${String(others.length + 1)} keys are marked as signing; exactly one may be`)
  return key
}
