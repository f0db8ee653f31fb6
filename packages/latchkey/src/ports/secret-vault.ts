// The port that makes, hashes, compares and seals client secrets, and makes client IDs and admin keys.
import type { Secret } from '@latchkey/protocol'
import type { ClientSecret } from '../domain/client-secret.ts'

type SecretHash = ClientSecret['hash']

export interface SecretVault {
  /** Returns a new client secret with 192 random bits, and its hash. */
  generate(): { readonly secret: Secret; readonly hash: SecretHash }
  /**
   * Returns a new client ID: `lk` and 14 random characters of `[a-z0-9]`, which are 72 bits, so that two are
   * practically never equal.
   */
  generateClientId(): string
  /** Returns a new admin key, `lka_` and 256 random bits, and its hash. */
  generateAdminKey(): { readonly key: Secret; readonly hash: SecretHash }
  hash(secret: Secret): SecretHash
  /**
   * Returns the hash for an imported secret, of which only the SHA-256 is known. `sha256` has 64 hexadecimal digits.
   */
  hashOfImported(sha256: string): SecretHash
  /**
   * Returns the index of the candidate that matches the presented secret, or -1. The function takes the same time for
   * no, one or two candidates, and for each result. For an unknown client, pass no candidates. Throws RangeError for
   * more than two candidates.
   */
  matches(presented: Secret, candidates: readonly SecretHash[]): number
  /** Encrypts a secret for the row with this id. Only `open` with the same id decrypts it. */
  seal(secretId: string, secret: Secret): Uint8Array
  /** Decrypts a sealed secret. Throws if it was sealed for another row or under another master key. */
  open(secretId: string, sealed: Uint8Array): Secret
}
