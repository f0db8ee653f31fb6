// The port that counts failed sign-ins for each network and account.
import type { Throttling } from '../domain/refusal.ts'

export interface SignInAttempt {
  /**
   * The count that is over its limit. Undefined while both are within their limits: the count of the network, and the
   * count of the network with this account.
   */
  readonly throttling: Throttling | undefined
  /** True for the first attempt in this minute from this network for this account, unless the attempt succeeds. */
  readonly isFirst: boolean
  /** Removes the attempt from the counts, because the password was right. */
  takeBack(): void
}

export interface FailedSignIns {
  /**
   * Counts an attempt before its password is checked, so that concurrent attempts count each other. `account` is the
   * account that the caller named, whether or not it exists.
   */
  begin(address: string, account: string): SignInAttempt
}
