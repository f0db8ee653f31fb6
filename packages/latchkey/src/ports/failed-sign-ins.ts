// The port that counts failed sign-ins of operators for each network and account.
import type { Throttling } from '../domain/refusal.ts'

export interface SignInAttempt {
  /**
   * The count that is over its limit. Undefined while both counts are within their limits: the count for the network,
   * and the count for the network together with this account.
   */
  readonly throttling: Throttling | undefined
  /** True for the first failed attempt of this network for this account in the present minute. */
  readonly isFirst: boolean
  /** Removes the attempt from the counts. The caller calls this method if the password was right. */
  takeBack(): void
}

export interface FailedSignIns {
  /**
   * Counts an attempt before its password is checked, so that concurrent attempts cannot exceed the limit. `account` is
   * the account that the caller named, whether or not the account exists.
   */
  begin(address: string, account: string): SignInAttempt
}
