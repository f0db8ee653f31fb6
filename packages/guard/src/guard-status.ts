// How a guard is doing, for a readiness probe or a page.
import type { FeedStatus } from './feed-liveness.ts'
import type { GuardErrorCode } from './guard-error.ts'
import type { Liveness } from './guard-options.ts'

export interface GuardStatus {
  readonly mode: Liveness['mode']
  /** Tokens are judged at local speed. */
  readonly isReady: boolean
  /** How many of the issuer's keys are accepted. */
  readonly keys: number
  /** In the mode `feed`. */
  readonly feed?: FeedStatus
  /** The last thing that went wrong, however long ago. */
  readonly lastError?: { readonly code: GuardErrorCode; readonly message: string; readonly at: Date }
}
