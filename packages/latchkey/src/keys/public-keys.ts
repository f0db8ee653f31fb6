// Reads the members of a public key (RFC 7517 §4) and refuses keys that should not verify assertions. The key of an
// integration and the keys of a source share these rules.
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { PublicJwk } from '../domain/credential.ts'

const KEY_ID = /^[\x20-\x7e]{1,128}$/
const LEAST_EXPONENT = 65_537n

type Jwk = Readonly<Record<string, unknown>>

export const isKeyId = (kid: unknown): kid is string => typeof kid === 'string' && KEY_ID.test(kid)

/** Returns the required members of a key. Undefined for another type or curve, and for members that are no texts. */
export function publicMembers({ kty, crv, x, y, n, e }: Jwk): PublicJwk | undefined {
  if (kty === 'EC' && (crv === 'P-256' || crv === 'P-384') && isText(x) && isText(y)) return { crv, kty, x, y }
  if (kty === 'OKP' && crv === 'Ed25519' && isText(x)) return { crv, kty, x }
  return kty === 'RSA' && isText(n) && isText(e) ? { e, kty, n } : undefined
}

/** The curve of a key, or `RSA`. */
export const typeOf = (jwk: PublicJwk): string => ('crv' in jwk ? jwk.crv : jwk.kty)

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Undefined if the members are no key, such as a point that is not on its curve. */
export function keyOf(jwk: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    return undefined
  }
}

/**
 * Returns true if an RSA key has one of these lengths in bits and a usual exponent. The strength of other keys follows
 * from their curve.
 */
export function isStrong(key: KeyObject, isLength: (bits: number) => boolean): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  if (type !== 'rsa') return true
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = details
  return isLength(bits) && exponent >= LEAST_EXPONENT && exponent % 2n === 1n
}

/** Returns true if a key with these members may verify signatures. Both members are optional (RFC 7517 §4.2, §4.3). */
export const mayVerify = ({ use, key_ops: operations }: Jwk, wantedUse: (use: unknown) => boolean): boolean =>
  wantedUse(use) && (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
