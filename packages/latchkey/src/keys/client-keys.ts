// Reads the public key that an operator registers for an integration (RFC 7517). Refuses a key whose type, size, use or
// algorithm the server does not accept for client assertions.
import { ASSERTION_ALGORITHMS, accept, hasPrivateMembers, refuse, type Result } from '@latchkey/protocol'
import type { ClientKeyFault, ClientKeys, GivenKey } from '../ports/client-keys.ts'
import { isKeyId, isStrong, keyOf, mayVerify, publicMembers, typeOf } from './public-keys.ts'
import { thumbprintOf } from './thumbprint.ts'

const RSA_BITS = [2048, 3072, 4096]

/** The algorithms that a key of each type can have. The first one is the default. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'PS256'],
  'P-256': ['ES256'],
  Ed25519: ['EdDSA', 'Ed25519'],
}

/** Reads a JWK. Returns only its public members, its algorithm and its key ID. */
export function readClientKey(given: Readonly<Record<string, unknown>>): Result<GivenKey, ClientKeyFault> {
  if (hasPrivateMembers(given)) return refuse('private_key')
  const jwk = publicMembers(given)
  const [usual, ...others] = (jwk && ALGORITHMS[typeOf(jwk)]) ?? []
  const key = jwk && keyOf(jwk)
  if (jwk === undefined || usual === undefined || key === undefined) return refuse('key_type_unusable')
  if (!isStrong(key, (bits) => RSA_BITS.includes(bits))) return refuse('key_size_unusable')
  if (!mayVerify(given, (use) => use === undefined || use === 'sig')) return refuse('key_use_unusable')
  const { alg, kid = thumbprintOf(jwk) } = given
  if (alg !== undefined && alg !== usual && !others.includes(alg as string)) return refuse('key_alg_unusable')
  if (!isKeyId(kid)) return refuse('kid_unusable')
  const named = typeof alg === 'string' && ASSERTION_ALGORITHMS.includes(alg) ? alg : usual
  return accept({ kid, alg: named, jwk })
}

export const clientKeys: ClientKeys = { read: readClientKey, thumbprint: thumbprintOf }
