// The port that makes, hashes, compares and seals client secrets, and makes client IDs and admin keys.
import type { Secret } from '@latchkey/protocol'
import type { ClientSecret } from '../domain/client-secret.ts'

type SecretHash = ClientSecret['hash']

export interface SecretVault {
  /** Returns a new client secret with 192 random bits, and its hash. */
  generate(): { readonly secret: Secret; readonly hash: SecretHash }
  /** Returns `lk` and 14 random characters of `[a-z0-9]`: 72 bits, so that two are never equal. */
  generateClientId(): string
  /** Returns a new admin key, `lka_` and 256 random bits, and its hash. */
  generateAdminKey(): { readonly key: Secret; readonly hash: SecretHash }
  hash(secret: Secret): SecretHash
  /** Returns the hash for an imported secret, whose SHA-256 alone is known. `sha256` has 64 hexadecimal digits. */
  hashOfImported(sha256: string): SecretHash
  /**
   * Returns the index of the candidate that matches the presented secret, or -1. The work is the same for no, one or
   * two candidates and for each result. For an unknown client, call it with no candidates. Throws RangeError for more
   * than two.
   */
  matches(presented: Secret, candidates: readonly SecretHash[]): number
  /** Encrypts a secret for the row with this id. `open` needs the same id. */
  seal(secretId: string, secret: Secret): Uint8Array
  /** Decrypts a sealed secret. Throws if it was sealed for another row or under another master key. */
  open(secretId: string, sealed: Uint8Array): Secret
}
