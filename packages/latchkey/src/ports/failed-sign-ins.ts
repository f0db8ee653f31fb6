// The count of sign-ins that failed, by where they came from.
import type { Throttling } from '../domain/refusal.ts'

export interface SignInAttempt {
  /** Undefined while its network, and its network with this account, are within their limits. */
  readonly throttling: Throttling | undefined
  /** The first of this minute from its network for its account that has not turned out well. */
  readonly isFirst: boolean
  /** The password was right: the attempt is no failure. */
  takeBack(): void
}

export interface FailedSignIns {
  /**
   * Counts an attempt before its password is looked at: attempts that are sent together must not all be judged by the
   * count before them. `account` is what was asked for, whether it exists or not.
   */
  begin(address: string, account: string): SignInAttempt
}
