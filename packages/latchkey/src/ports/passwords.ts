// Passwords, hashed slowly on purpose: the work is bounded, so that guessing cannot starve the server of it.
import type { Result, Secret } from '@latchkey/protocol'

/** As much of this work is under way and waiting as there may be: ask again in a moment. */
export type PasswordsBusy = { readonly reason: 'passwords_busy' }

/** A hash and the operator whose password it is. */
export interface KnownPassword {
  readonly operatorId: string
  readonly hash: string
}

export interface Passwords {
  /**
   * Hashes with Argon2id (RFC 9106) and a secret that is derived from the master key and the operator's id: a hash that was
   * made elsewhere, or for another operator, matches nothing. The text holds the parameters and the salt.
   */
  hash(password: Secret, operatorId: string): Promise<Result<string, PasswordsBusy>>
  /** Against undefined, for an account that is not there, it does the same work and finds that it does not match. */
  matches(password: Secret, known: KnownPassword | undefined): Promise<Result<boolean, PasswordsBusy>>
  /** False for a hash without a secret, which older versions made. Such a hash still matches its password. */
  isKeyed(hash: string): boolean
}
