// The port for password hashing. Hashing is slow on purpose, and the number of concurrent hashes is limited, so that
// guessing does not overload the server.
import type { Result, Secret } from '@latchkey/protocol'

/** The queue for hashing is full. The caller may retry after a moment. */
export type PasswordsBusy = { readonly reason: 'passwords_busy' }

/** A password hash, and the operator to whom it belongs. */
export interface KnownPassword {
  readonly operatorId: string
  readonly hash: string
}

export interface Passwords {
  /**
   * Hashes with Argon2id (RFC 9106) and a secret that is derived from the master key and the operator's id. A hash that
   * was made under another master key or for another operator matches no password. The returned text contains the
   * parameters and the salt.
   */
  hash(password: Secret, operatorId: string): Promise<Result<string, PasswordsBusy>>
  /**
   * Returns true if the password matches. For an unknown account (`undefined`) it does the same work and returns false.
   */
  matches(password: Secret, known: KnownPassword | undefined): Promise<Result<boolean, PasswordsBusy>>
  /**
   * Returns true if the hash was made with a secret. Older versions made hashes without one. Such a hash still matches
   * its password.
   */
  isKeyed(hash: string): boolean
}
