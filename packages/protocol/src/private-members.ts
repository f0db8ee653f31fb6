// Tells a private key from a public one, so that no private key is stored or sent.

/**
 * The members of a JWK that are secret (RFC 7518 §6). `k` is a shared secret.
 *
 * @example
 * ```ts
 * import { PRIVATE_MEMBERS } from '@latchkey/protocol'
 *
 * console.log(PRIVATE_MEMBERS.includes('d')) // true
 * ```
 */
export const PRIVATE_MEMBERS: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * Returns true if the JWK has a member of a private or symmetric key (RFC 7518 §6).
 *
 * @example
 * ```ts
 * import { hasPrivateMembers } from '@latchkey/protocol'
 *
 * console.log(hasPrivateMembers({ kty: 'RSA', n: 'AQAB', e: 'AQAB' })) // false
 * ```
 */
export const hasPrivateMembers = (jwk: object): boolean => PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))
