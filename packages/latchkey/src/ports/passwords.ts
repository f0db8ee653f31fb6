// Passwords, hashed slowly on purpose: the work is bounded, so that guessing cannot starve the server of it.
import type { Result, Secret } from '@latchkey/protocol'

/** As much of this work is under way and waiting as there may be: ask again in a moment. */
export type PasswordsBusy = { readonly reason: 'passwords_busy' }

export interface Passwords {
  /** Argon2id, with its parameters and its salt in the text. */
  hash(password: Secret): Promise<Result<string, PasswordsBusy>>
  /** Against undefined, for an account that is not there, it does the same work and finds that it does not match. */
  matches(password: Secret, hash: string | undefined): Promise<Result<boolean, PasswordsBusy>>
}
