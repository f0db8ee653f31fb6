// The credentials with which a client can authenticate as an integration instead of a client secret: client keys and
// trust rules.
import { isBeforeEnd } from './client-secret.ts'
import type { EpochSeconds } from './slot.ts'
import type { TrustRule } from './trust-rule.ts'

/** The required members of a public key. The thumbprint of the key covers exactly these members (RFC 7638 §3.2). */
export type PublicJwk =
  | { readonly crv: string; readonly kty: 'EC'; readonly x: string; readonly y: string }
  | { readonly crv: string; readonly kty: 'OKP'; readonly x: string }
  | { readonly e: string; readonly kty: 'RSA'; readonly n: string }

/** A public key that verifies the assertions which the client signs (`private_key_jwt`). */
export interface ClientKey {
  readonly kind: 'key'
  /** The id, which begins with `key_`. */
  readonly id: string
  /** The key ID (RFC 7517 §4.5), unique in the integration: 1 to 128 printable ASCII characters. */
  readonly kid: string
  /** The only algorithm with which the server uses this key: one of `ASSERTION_ALGORITHMS`. */
  readonly alg: string
  /**
   * The public key. Undefined after the key has ended, so that the key stays invalid even if the wall clock is set
   * back.
   */
  readonly jwk: PublicJwk | undefined
  /** The longest lifetime of an assertion (`exp` − `iat`) that the server accepts, in seconds. */
  readonly maxLifetimeSeconds: number
  /** The first second in which the key is rejected. Undefined if the key has no end. */
  readonly endsAt: EpochSeconds | undefined
}

/**
 * The URL from which the server fetches the public keys of the client (`jwks_uri`, RFC 7591 §2). An integration has
 * either this URL or keys.
 */
export interface ClientKeySource {
  readonly kind: 'jwks_uri'
  /** `src_…` */
  readonly id: string
  readonly uri: string
  /** The algorithms that the keys may have: some of `ASSERTION_ALGORITHMS`. */
  readonly algorithms: readonly string[]
  readonly maxLifetimeSeconds: number
  readonly endsAt: EpochSeconds | undefined
  /** True after this credential has ended, so that it stays invalid even if the wall clock is set back. */
  readonly hasEnded: boolean
}

export type Credential = ClientKey | ClientKeySource | TrustRule

/** Returns the kind of a credential, which the prefix of its id shows. */
export function kindOfCredential(id: string): 'secret' | Credential['kind'] {
  if (id.startsWith('key_')) return 'key'
  if (id.startsWith('src_')) return 'jwks_uri'
  return id.startsWith('tru_') ? 'trust' : 'secret'
}

/** The number of ended credentials of an integration that the server keeps, so that operators see what was replaced. */
export const MAX_ENDED_CREDENTIALS = 8

export const MAX_VALID_KEYS = 4

export const MAX_VALID_RULES = 8

/**
 * The largest number of valid keys of one algorithm. The limit is low because the server tries each of these keys for
 * an assertion without `kid`.
 */
export const MAX_VALID_KEYS_OF_ALGORITHM = 2

/** The default for the longest lifetime of an assertion of a client key, in seconds. */
export const USUAL_ASSERTION_LIFETIME = 300

/** The smallest and the largest value that an operator may set as the longest lifetime of an assertion, in seconds. */
export const ASSERTION_LIFETIMES = { least: 60, most: 3600 } as const

export const isCredentialValid = (credential: Credential, now: EpochSeconds): boolean =>
  !(credential.kind === 'key' ? credential.jwk === undefined : credential.hasEnded) && isBeforeEnd(credential, now)

export const isKey = (credential: Credential): credential is ClientKey => credential.kind === 'key'

export const isKeySource = (credential: Credential): credential is ClientKeySource => credential.kind === 'jwks_uri'

export const isRule = (credential: Credential): credential is TrustRule => credential.kind === 'trust'

/**
 * Returns true if the server accepts each assertion for this credential only once, and must therefore remember which
 * assertions were used.
 */
export const isUsedOnce = (credential: Credential): boolean => !isRule(credential) || credential.reuse === 'once'
