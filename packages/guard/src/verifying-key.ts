// A public key of the issuer, which verifies signatures (RFC 7517, RFC 7518).
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { PresentedToken } from '@latchkey/protocol'
import { isCloudflareWorker } from './cloudflare-worker.ts'

export interface VerifyingKey {
  readonly kid: string
  readonly alg: string
  /**
   * `crypto.verify` expects this signature encoding. RFC 7518 §3.4: an ES256 signature is R and S side by side, not
   * DER.
   */
  readonly publicKey: KeyObject | InEcdsaForm<KeyObject> | InEcdsaForm<string>
  /** EdDSA includes its own hash, so no digest is named. */
  readonly digest: 'sha256' | null
  readonly signatureBytes: number
}

interface InEcdsaForm<Key> {
  readonly key: Key
  readonly dsaEncoding: 'ieee-p1363'
}

const SHORTEST_RSA_BITS = 2048

/**
 * Returns undefined for a key that is not for signing access tokens, or of a type that this version does not support.
 */
export function verifyingKeyOf(jwk: Readonly<Record<string, unknown>>): VerifyingKey | undefined {
  const { kid, alg, kty, crv, use } = jwk
  if (typeof kid !== 'string' || typeof alg !== 'string' || (use !== undefined && use !== 'sig')) return undefined
  if (alg === 'RS256' && kty === 'RSA') {
    const publicKey = importKey(jwk)
    const bits = publicKey?.asymmetricKeyDetails?.modulusLength ?? 0
    if (publicKey === undefined || bits < SHORTEST_RSA_BITS) return undefined
    return { kid, alg, publicKey, digest: 'sha256', signatureBytes: Math.ceil(bits / 8) }
  }
  const isKnown = (alg === 'ES256' && crv === 'P-256') || (alg === 'EdDSA' && crv === 'Ed25519')
  const publicKey = isKnown ? importKey(jwk) : undefined
  if (publicKey === undefined) return undefined
  if (alg === 'EdDSA') return { kid, alg, publicKey, digest: null, signatureBytes: 64 }
  // In a Worker, `crypto.verify` accepts no key object together with an encoding, so the PEM text is parsed for each
  // check.
  const key: InEcdsaForm<KeyObject> | InEcdsaForm<string> = isCloudflareWorker()
    ? { key: publicKey.export({ format: 'pem', type: 'spki' }).toString(), dsaEncoding: 'ieee-p1363' }
    : { key: publicKey, dsaEncoding: 'ieee-p1363' }
  return { kid, alg, publicKey: key, digest: 'sha256', signatureBytes: 64 }
}

function importKey(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return undefined // not a key: treated as absent
  }
}

/** The key determines the algorithm. A token whose header names another algorithm is refused (RFC 8725 §3.1). */
export const isSignedBy = (key: VerifyingKey, { alg, signingInput, signature }: PresentedToken): boolean =>
  alg === key.alg &&
  signature.length === key.signatureBytes &&
  verify(key.digest, signingInput, key.publicKey, signature)
