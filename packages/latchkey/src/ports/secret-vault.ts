// Client IDs and client secrets: made, hashed, compared, and sealed for the owner who looks one up again.
import type { Secret } from '@latchkey/protocol'
import type { ClientSecret } from '../domain/client-secret.ts'

type SecretHash = ClientSecret['hash']

export interface SecretVault {
  /** A new client secret, 192 random bits, and what to remember of it. */
  generate(): { readonly secret: Secret; readonly hash: SecretHash }
  /** `lk` and 14 random characters of `[a-z0-9]`: 72 bits, so that two never meet. */
  generateClientId(): string
  /** A new admin key, `lka_` and 256 random bits, and what to remember of it. */
  generateAdminKey(): { readonly key: Secret; readonly hash: SecretHash }
  hash(secret: Secret): SecretHash
  /** What to remember of a secret that only its SHA-256 is known of: 64 hexadecimal digits. */
  hashOfImported(sha256: string): SecretHash
  /**
   * The index of the candidate that is the presented secret, or -1. Does the same work for none, one or two candidates,
   * whatever comes of it: call it with none for a client that does not exist. Throws RangeError for more than two.
   */
  matches(presented: Secret, candidates: readonly SecretHash[]): number
  /** Seals a secret for the row with this id; only that row's id opens it. */
  seal(secretId: string, secret: Secret): Uint8Array
  /** Throws when the sealed bytes are not those of that row under today's master key. */
  open(secretId: string, sealed: Uint8Array): Secret
}
