// The port for password hashing. Hashing is slow on purpose. The number of concurrent hashes is limited, so that many
// guesses cannot overload the server.
import type { Result, Secret } from '@latchkey/protocol'

/** The queue for hashing is full. The caller can retry after a moment. */
export type PasswordsBusy = { readonly reason: 'passwords_busy' }

/** A password hash, and the operator to whom it belongs. */
export interface KnownPassword {
  readonly operatorId: string
  readonly hash: string
}

export interface Passwords {
  /**
   * Hashes the password with Argon2id (RFC 9106) and a secret that is derived from the master key and the operator's
   * id. So a hash is useless under another master key or for another operator. The returned text contains the
   * parameters and the salt.
   */
  hash(password: Secret, operatorId: string): Promise<Result<string, PasswordsBusy>>
  /**
   * Returns true if the password matches the hash. For an unknown account (`undefined`), returns false after the same
   * work, so that the duration does not reveal which accounts exist.
   */
  matches(password: Secret, known: KnownPassword | undefined): Promise<Result<boolean, PasswordsBusy>>
  /**
   * Returns true if the hash was made with the secret. Older versions of Latchkey made hashes without a secret, which
   * are still accepted.
   */
  isKeyed(hash: string): boolean
}
