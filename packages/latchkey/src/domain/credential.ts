// A credential of an integration other than a client secret: by which a client proves that it is this integration.
import { isBeforeEnd } from './client-secret.ts'
import type { EpochSeconds } from './slot.ts'
import type { TrustRule } from './trust-rule.ts'

/** The required members of a public key (RFC 7638 §3.2), which make its thumbprint. */
export type PublicJwk =
  | { readonly crv: string; readonly kty: 'EC'; readonly x: string; readonly y: string }
  | { readonly crv: string; readonly kty: 'OKP'; readonly x: string }
  | { readonly e: string; readonly kty: 'RSA'; readonly n: string }

/** A key that verifies the assertions which the client signs (`private_key_jwt`). */
export interface ClientKey {
  readonly kind: 'key'
  /** `key_…` */
  readonly id: string
  /** The key ID (RFC 7517 §4.5), unique in the integration: 1 to 128 printable ASCII characters. */
  readonly kid: string
  /** The one algorithm of this key: one of `ASSERTION_ALGORITHMS`. */
  readonly alg: string
  /** Undefined after the key has ended, so that no step of the wall clock makes the key valid again. */
  readonly jwk: PublicJwk | undefined
  /** The longest lifetime of an assertion (`exp` − `iat`) that the server accepts, in seconds. */
  readonly maxLifetimeSeconds: number
  /** The first second in which the key is rejected. Undefined if the key has no end. */
  readonly endsAt: EpochSeconds | undefined
}

export type Credential = ClientKey | TrustRule

/** Returns the kind of a credential by its id. */
export function kindOfCredential(id: string): 'secret' | Credential['kind'] {
  if (id.startsWith('key_')) return 'key'
  return id.startsWith('tru_') ? 'trust' : 'secret'
}

/** The number of ended credentials of an integration that the server keeps, so that operators see what was replaced. */
export const MAX_ENDED_CREDENTIALS = 8

export const MAX_VALID_KEYS = 4

export const MAX_VALID_RULES = 8

/** An assertion without `kid` is compared with each key of its algorithm, so an integration has at most two of one. */
export const MAX_VALID_KEYS_OF_ALGORITHM = 2

/** The longest lifetime of an assertion, in seconds, unless the operator allows another. */
export const USUAL_ASSERTION_LIFETIME = 300

/** The lifetimes that an operator may allow, in seconds. */
export const ASSERTION_LIFETIMES = { least: 60, most: 3600 } as const

export const isCredentialValid = (credential: Credential, now: EpochSeconds): boolean =>
  !(credential.kind === 'key' ? credential.jwk === undefined : credential.hasEnded) && isBeforeEnd(credential, now)

export const isKey = (credential: Credential): credential is ClientKey => credential.kind === 'key'

export const isRule = (credential: Credential): credential is TrustRule => credential.kind === 'trust'

/** True if an assertion proves the client once only, so that the server must remember its uses. */
export const isUsedOnce = (credential: Credential): boolean => isKey(credential) || credential.reuse === 'once'
