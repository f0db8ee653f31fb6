// The rules for adding and ending credentials of an integration.
import { accept, refuse, type Result } from '@latchkey/protocol'
import {
  type ClientKey,
  type ClientKeySource,
  type Credential,
  isCredentialValid,
  isKey,
  isKeySource,
  isRule,
  MAX_ENDED_CREDENTIALS,
  MAX_VALID_KEYS,
  MAX_VALID_KEYS_OF_ALGORITHM,
  MAX_VALID_RULES,
} from './credential.ts'
import type { EpochSeconds } from './slot.ts'
import type { TrustRule } from './trust-rule.ts'

export type CredentialRefusal =
  | 'unknown_credential'
  | 'too_many_keys'
  | 'too_many_keys_of_algorithm'
  /** Another valid key of the integration has the same key ID. */
  | 'kid_taken'
  | 'too_many_rules'
  /** An integration has either keys, or a `jwks_uri` from which the server fetches them. */
  | 'jwks_uri_beside_keys'
  | 'too_many_jwks_uris'

/** Adds a key. Also deletes the oldest ended credentials, and the public keys of all ended credentials. */
export function withKey(
  credentials: readonly Credential[],
  key: ClientKey,
  now: EpochSeconds,
): Result<readonly Credential[], CredentialRefusal> {
  if (hasValid(credentials.filter(isKeySource), now)) return refuse('jwks_uri_beside_keys')
  const valid = credentials.filter(isKey).filter((other) => isCredentialValid(other, now))
  if (valid.some(({ kid }) => kid === key.kid)) return refuse('kid_taken')
  if (valid.length >= MAX_VALID_KEYS) return refuse('too_many_keys')
  if (valid.filter(({ alg }) => alg === key.alg).length >= MAX_VALID_KEYS_OF_ALGORITHM) {
    return refuse('too_many_keys_of_algorithm')
  }
  return accept([...withoutOldestEnded(credentials, now), key])
}

/** Adds the `jwks_uri` of the client. Also deletes the oldest ended credentials. */
export function withKeySource(
  credentials: readonly Credential[],
  source: ClientKeySource,
  now: EpochSeconds,
): Result<readonly Credential[], CredentialRefusal> {
  if (hasValid(credentials.filter(isKeySource), now)) return refuse('too_many_jwks_uris')
  if (hasValid(credentials.filter(isKey), now)) return refuse('jwks_uri_beside_keys')
  return accept([...withoutOldestEnded(credentials, now), source])
}

const hasValid = (credentials: readonly Credential[], now: EpochSeconds): boolean =>
  credentials.some((credential) => isCredentialValid(credential, now))

/** Adds a trust rule. Also deletes the oldest ended credentials. */
export function withRule(
  credentials: readonly Credential[],
  rule: TrustRule,
  now: EpochSeconds,
): Result<readonly Credential[], CredentialRefusal> {
  const valid = credentials.filter(isRule).filter((other) => isCredentialValid(other, now))
  if (valid.length >= MAX_VALID_RULES) return refuse('too_many_rules')
  return accept([...withoutOldestEnded(credentials, now), rule])
}

function withoutOldestEnded(credentials: readonly Credential[], now: EpochSeconds): readonly Credential[] {
  const ended = credentials
    .filter((credential) => !isCredentialValid(credential, now))
    .toSorted((one, other) => (one.endsAt ?? 0) - (other.endsAt ?? 0))
    .slice(-MAX_ENDED_CREDENTIALS)
    .map(endedForGood)
  return [...ended, ...credentials.filter((credential) => isCredentialValid(credential, now))]
}

/**
 * Ends a credential at the time `at`. Returns the same list if the credential has already ended. Undefined if the
 * integration has no such credential.
 */
export function withEnded(
  credentials: readonly Credential[],
  id: string,
  at: EpochSeconds,
): readonly Credential[] | undefined {
  const found = credentials.find((credential) => credential.id === id)
  if (found === undefined) return undefined
  if (!isCredentialValid(found, at)) return credentials
  return credentials.map((credential) => (credential === found ? endedForGood({ ...found, endsAt: at }) : credential))
}

/**
 * Marks a credential as ended, so that it stays invalid even if the wall clock is set back. A client key loses its
 * public key, and a trust rule gets a flag.
 */
function endedForGood(credential: Credential): Credential {
  if (isKey(credential)) return credential.jwk === undefined ? credential : { ...credential, jwk: undefined }
  return credential.hasEnded ? credential : { ...credential, hasEnded: true }
}
