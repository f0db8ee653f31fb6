// Tells a private key from a public one, so that no private key is stored or sent.

/** The members of a JWK that are secret (RFC 7518 §6). `k` is a shared secret. */
export const PRIVATE_MEMBERS: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

export const hasPrivateMembers = (jwk: object): boolean => PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))
