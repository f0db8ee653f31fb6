// The port that counts failed sign-ins for each network and account.
import type { Throttling } from '../domain/refusal.ts'

export interface SignInAttempt {
  /** Undefined while both counts are within their limits: the network's, and the network's for this account. */
  readonly throttling: Throttling | undefined
  /** True for the first failed or undecided attempt in this minute from this network for this account. */
  readonly isFirst: boolean
  /** Removes the attempt from the count, because the password was right. */
  takeBack(): void
}

export interface FailedSignIns {
  /**
   * Counts an attempt before its password is checked, so that attempts sent at the same time count each other.
   * `account` is the account that the caller named, whether or not it exists.
   */
  begin(address: string, account: string): SignInAttempt
}
