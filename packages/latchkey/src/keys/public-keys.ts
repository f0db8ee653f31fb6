// The rules for public keys that verify assertions (RFC 7517 §4). They apply to the key of an integration and to the
// keys of a trusted issuer.
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { PublicJwk } from '../domain/credential.ts'

const KEY_ID = /^[\x20-\x7e]{1,128}$/
const LEAST_EXPONENT = 65_537n

type Jwk = Readonly<Record<string, unknown>>

export const isKeyId = (kid: unknown): kid is string => typeof kid === 'string' && KEY_ID.test(kid)

/**
 * Returns the required members of a public key. Undefined if the server does not support the type or curve of the key,
 * or if a member is missing, empty or not a string.
 */
export function publicMembers({ kty, crv, x, y, n, e }: Jwk): PublicJwk | undefined {
  if (kty === 'EC' && (crv === 'P-256' || crv === 'P-384') && isText(x) && isText(y)) return { crv, kty, x, y }
  if (kty === 'OKP' && crv === 'Ed25519' && isText(x)) return { crv, kty, x }
  return kty === 'RSA' && isText(n) && isText(e) ? { e, kty, n } : undefined
}

/** Returns the curve of the key, or `RSA` for an RSA key. */
export const typeOf = (jwk: PublicJwk): string => ('crv' in jwk ? jwk.crv : jwk.kty)

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/**
 * Returns the key. Undefined if the members do not describe a valid key, for example if the point is not on the curve.
 */
export function keyOf(jwk: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    return undefined
  }
}

/**
 * Returns true if `isLength` accepts the length of the RSA key and its exponent is odd and at least 65537. Always true
 * for other keys, whose strength depends only on their curve.
 */
export function isStrong(key: KeyObject, isLength: (bits: number) => boolean): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  if (type !== 'rsa') return true
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = details
  return isLength(bits) && exponent >= LEAST_EXPONENT && exponent % 2n === 1n
}

/**
 * Returns true if the members `use` and `key_ops` allow the key to verify signatures. Both members are optional (RFC
 * 7517 §4.2, §4.3).
 */
export const mayVerify = ({ use, key_ops: operations }: Jwk, wantedUse: (use: unknown) => boolean): boolean =>
  wantedUse(use) && (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
