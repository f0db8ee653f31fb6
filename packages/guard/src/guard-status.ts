// How a guard is doing, for a readiness probe or a page.
import type { FeedStatus } from './feed-liveness.ts'
import type { GuardErrorCode } from './guard-error.ts'
import type { Liveness } from './guard-options.ts'

/** The state of a guard, for a readiness probe or a page. */
export interface GuardStatus {
  /** The mode of the option `liveness`. */
  readonly mode: Liveness['mode']
  /** The guard can judge tokens at local speed: it has the keys and, in the mode `feed`, a fresh table. */
  readonly isReady: boolean
  /** The number of accepted keys. */
  readonly keys: number
  /** Undefined unless the mode is `feed`. */
  readonly feed?: FeedStatus
  /** The last failure, however long ago. Undefined if there was none. */
  readonly lastError?: { readonly code: GuardErrorCode; readonly message: string; readonly at: Date }
}
