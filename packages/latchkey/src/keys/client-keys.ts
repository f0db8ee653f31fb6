// Reads the public key that an integration registers (RFC 7517), and refuses every key that should not sign assertions.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { ASSERTION_ALGORITHMS, accept, refuse, type Result } from '@latchkey/protocol'
import type { PublicJwk } from '../domain/credential.ts'
import type { ClientKeyFault, ClientKeys, GivenKey } from '../ports/client-keys.ts'
import { thumbprintOf } from './thumbprint.ts'

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const KEY_ID = /^[\x20-\x7e]{1,128}$/
const RSA_BITS = [2048, 3072, 4096]
const LEAST_EXPONENT = 65_537n

/** The algorithms that fit a key, the default first. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'RSA ': ['RS256', 'PS256'],
  'EC P-256': ['ES256'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
}

/** Reads a JWK. Returns its public members alone, its algorithm and its key ID. */
export function readClientKey(given: Readonly<Record<string, unknown>>): Result<GivenKey, ClientKeyFault> {
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(given, name))) return refuse('private_key')
  const jwk = publicMembers(given)
  const key = jwk && keyOf(jwk)
  if (jwk === undefined || key === undefined) return refuse('key_type_unusable')
  if (!isStrong(key)) return refuse('key_size_unusable')
  const { use, key_ops: operations, alg, kid = thumbprintOf(jwk) } = given
  if (use !== undefined && use !== 'sig') return refuse('key_use_unusable')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return refuse('key_use_unusable')
  }
  const [usual = '', ...others] = ALGORITHMS[`${jwk.kty} ${'crv' in jwk ? jwk.crv : ''}`] ?? []
  if (alg !== undefined && alg !== usual && !others.includes(alg as string)) return refuse('key_alg_unusable')
  if (typeof kid !== 'string' || !KEY_ID.test(kid)) return refuse('kid_unusable')
  const named = typeof alg === 'string' && ASSERTION_ALGORITHMS.includes(alg) ? alg : usual
  return accept({ kid, alg: named, jwk })
}

/** Undefined for a type or curve that signs no assertions, and for members that are no texts. */
function publicMembers({ kty, crv, x, y, n, e }: Readonly<Record<string, unknown>>): PublicJwk | undefined {
  if (kty === 'EC' && crv === 'P-256' && isText(x) && isText(y)) return { crv, kty, x, y }
  if (kty === 'OKP' && crv === 'Ed25519' && isText(x)) return { crv, kty, x }
  return kty === 'RSA' && isText(n) && isText(e) ? { e, kty, n } : undefined
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Undefined if the members are no key, such as a point that is not on its curve. */
export function keyOf(jwk: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    return undefined
  }
}

function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): boolean {
  if (type !== 'rsa') return true
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = details
  return RSA_BITS.includes(bits) && exponent >= LEAST_EXPONENT && exponent % 2n === 1n
}

export const clientKeys: ClientKeys = { read: readClientKey, thumbprint: thumbprintOf }
