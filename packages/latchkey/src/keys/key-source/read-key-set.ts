// Reads the JWK set of an issuer (RFC 7517 §5) and selects the keys that may verify the issuer's assertions.
import { hasPrivateMembers } from '@latchkey/protocol'
import type { PublishedKey } from '../../ports/key-source.ts'
import { isKeyId, isStrong, keyOf, mayVerify, publicMembers, typeOf } from '../public-keys.ts'
import { thumbprintOf } from '../thumbprint.ts'
import type { KeySourceSettings } from './key-source-settings.ts'

type KeyRules = Pick<KeySourceSettings, 'algorithms' | 'keyUse'>

/** The algorithms that a key of each type can verify. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'PS256'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  Ed25519: ['EdDSA'],
}

/**
 * Returns the usable keys of a set. Ignores all other keys, because a set may contain keys for other purposes and keys
 * of newer types. Also ignores a key with private members: everyone who can read the set knows its private key.
 *
 * @param known the keys of the previous set. A key that is in both sets keeps its `jwk` object
 */
export function readKeySet(
  keys: readonly unknown[],
  rules: KeyRules,
  known: readonly PublishedKey[],
): readonly PublishedKey[] {
  const objects = new Map(known.map(({ jwk }) => [thumbprintOf(jwk), jwk]))
  return keys.flatMap((given) => {
    const key = readKey(given, rules)
    return key === undefined ? [] : [{ ...key, jwk: objects.get(thumbprintOf(key.jwk)) ?? key.jwk }]
  })
}

function readKey(given: unknown, { algorithms, keyUse }: KeyRules): PublishedKey | undefined {
  if (!isObject(given) || hasPrivateMembers(given)) return undefined
  const jwk = publicMembers(given)
  const key = jwk && keyOf(jwk)
  if (jwk === undefined || key === undefined) return undefined
  const isUsable = isStrong(key, (bits) => bits >= 2048 && bits <= 4096) && mayVerify(given, IS_USE[keyUse])
  const { kid, alg } = given
  // RFC 9864 §2.2: `Ed25519` is another name of the algorithm `EdDSA` with the curve Ed25519.
  const named = alg === 'Ed25519' ? 'EdDSA' : alg
  const fitting = (ALGORITHMS[typeOf(jwk)] ?? []).filter(
    (algorithm) => algorithms.includes(algorithm) && (named === undefined || named === algorithm),
  )
  if (!isUsable || fitting.length === 0 || (kid !== undefined && !isKeyId(kid))) return undefined
  return { kid, algorithms: fitting, jwk }
}

const IS_USE = {
  signature: (use: unknown) => use === undefined || use === 'sig',
  jwt_svid: (use: unknown) => use === 'jwt-svid',
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
