// The rules for adding and ending credentials of an integration.
import { accept, refuse, type Result } from '@latchkey/protocol'
import {
  type ClientKey,
  type Credential,
  isCredentialValid,
  MAX_ENDED_CREDENTIALS,
  MAX_VALID_KEYS,
  MAX_VALID_KEYS_OF_ALGORITHM,
} from './credential.ts'
import type { EpochSeconds } from './slot.ts'

export type CredentialRefusal =
  | 'unknown_credential'
  | 'too_many_keys'
  | 'too_many_keys_of_algorithm'
  /** A valid key of the integration has this key ID. */
  | 'kid_taken'

/** Adds a key. Forgets the oldest ended credentials, and the public keys of all ended ones. */
export function withKey(
  credentials: readonly Credential[],
  key: ClientKey,
  now: EpochSeconds,
): Result<readonly Credential[], CredentialRefusal> {
  const valid = credentials.filter((credential) => isCredentialValid(credential, now))
  if (valid.some(({ kid }) => kid === key.kid)) return refuse('kid_taken')
  if (valid.length >= MAX_VALID_KEYS) return refuse('too_many_keys')
  if (valid.filter(({ alg }) => alg === key.alg).length >= MAX_VALID_KEYS_OF_ALGORITHM) {
    return refuse('too_many_keys_of_algorithm')
  }
  const ended = credentials
    .filter((credential) => !isCredentialValid(credential, now))
    .toSorted((one, other) => (one.endsAt ?? 0) - (other.endsAt ?? 0))
    .slice(-MAX_ENDED_CREDENTIALS)
    .map(withoutKey)
  return accept([...ended, ...valid, key])
}

/** Ends a credential at `at`. Ending it again changes nothing. Undefined if the integration has no such credential. */
export function withEnded(
  credentials: readonly Credential[],
  id: string,
  at: EpochSeconds,
): readonly Credential[] | undefined {
  const found = credentials.find((credential) => credential.id === id)
  if (found === undefined) return undefined
  if (!isCredentialValid(found, at)) return credentials
  return credentials.map((credential) => (credential === found ? withoutKey({ ...found, endsAt: at }) : credential))
}

/** Without the public key, no step of the wall clock makes an ended key valid again. */
const withoutKey = (credential: Credential): Credential =>
  credential.jwk === undefined ? credential : { ...credential, jwk: undefined }
