// Reads a JWK set of a source (RFC 7517 §5) and keeps the keys that may verify its assertions.
import { hasPrivateMembers } from '@latchkey/protocol'
import type { PublishedKey } from '../../ports/key-source.ts'
import { isKeyId, isStrong, keyOf, mayVerify, publicMembers, typeOf } from '../public-keys.ts'
import { thumbprintOf } from '../thumbprint.ts'
import type { KeySourceSettings } from './key-source-settings.ts'

type KeyRules = Pick<KeySourceSettings, 'algorithms' | 'keyUse'>

/** The algorithms that fit a key. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'PS256'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  Ed25519: ['EdDSA'],
}

/**
 * Returns the usable keys of a set. Leaves out every other key: a set may have keys for other purposes, and of types that
 * are not known yet. A key with private members is no secret any more, so it is left out too.
 *
 * @param known the keys that were usable before: a key that is still published stays the same object
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
  // RFC 9864 §2.2: `Ed25519` names the same algorithm as `EdDSA` with this curve.
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
