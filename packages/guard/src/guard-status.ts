// The state of a guard, for a readiness probe or a status page.
import type { FeedStatus } from './feed-liveness.ts'
import type { GuardErrorCode } from './guard-error.ts'
import type { Liveness } from './guard-options.ts'

/** The state of a guard, for a readiness probe or a status page. */
export interface GuardStatus {
  /** The mode of the option `liveness`. */
  readonly mode: Liveness['mode']
  /**
   * True if the guard can decide about tokens without a network call: it has the keys and, in the mode `feed`, a fresh
   * table.
   */
  readonly isReady: boolean
  /** The number of accepted keys. */
  readonly keys: number
  /** The state of the feed. Undefined unless the mode is `feed`. */
  readonly feed?: FeedStatus
  /** The last failure, however long ago. Undefined if there was none. */
  readonly lastError?: { readonly code: GuardErrorCode; readonly message: string; readonly at: Date }
}
