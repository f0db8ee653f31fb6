// The port that generates, hashes, compares and seals (encrypts) client secrets, and generates client IDs and admin
// keys.
import type { Secret } from '@latchkey/protocol'
import type { ClientSecret } from '../domain/client-secret.ts'

type SecretHash = ClientSecret['hash']

export interface SecretVault {
  /** Returns a new client secret with 192 random bits, and its hash. */
  generate(): { readonly secret: Secret; readonly hash: SecretHash }
  /**
   * Returns a new client ID: `lk` and 14 random characters of `[a-z0-9]`. The 72 random bits make two equal client IDs
   * practically impossible.
   */
  generateClientId(): string
  /** Returns a new admin key, `lka_` and 256 random bits, and its hash. */
  generateAdminKey(): { readonly key: Secret; readonly hash: SecretHash }
  hash(secret: Secret): SecretHash
  /** Returns the hash of an imported secret of which the server knows only the SHA-256, in 64 hexadecimal digits. */
  hashOfImported(sha256: string): SecretHash
  /**
   * Returns the index of the candidate that is the hash of the presented secret, or -1. The duration is the same for
   * zero, one and two candidates, and for each result. For an unknown client, pass no candidates. Throws RangeError for
   * more than two candidates.
   */
  matches(presented: Secret, candidates: readonly SecretHash[]): number
  /** Encrypts a secret. Only `open` with the same `secretId` can decrypt it. */
  seal(secretId: string, secret: Secret): Uint8Array
  /** Decrypts a sealed secret. Throws if the secret was sealed for another id or under another master key. */
  open(secretId: string, sealed: Uint8Array): Secret
}
