// The events that a guard reports: one union, for metrics and logs. No token, no secret.
import type { DecisionReason } from './decision.ts'
import type { GuardErrorCode } from './guard-error.ts'

/**
 * An event for metrics and logs, told by its `type`. No event contains a token or a secret.
 *
 * @example
 * ```ts
 * import type { GuardEvent } from '@latchkey/guard'
 *
 * const counts = new Map<string, number>()
 * const onEvent = (event: GuardEvent): void => {
 *   if (event.type === 'decision') counts.set(event.outcome, (counts.get(event.outcome) ?? 0) + 1)
 * }
 * onEvent({ type: 'decision', outcome: 'accepted' })
 * console.log(counts.get('accepted')) // 1
 * ```
 */
export type GuardEvent =
  /** A request was judged. `clientId` is proven by a signature where it is there at all. */
  | {
      readonly type: 'decision'
      readonly outcome: 'accepted' | DecisionReason
      readonly clientId?: string
      readonly jti?: string
      /** Why it is 503. */
      readonly code?: GuardErrorCode
    }
  /** The authorization server was asked about a token. */
  | {
      readonly type: 'introspection'
      /**
       * `mode`: as configured; `stale`: for want of a fresh table; `newer`: to confirm a token newer than the table.
       */
      readonly purpose: 'mode' | 'stale' | 'newer'
      readonly outcome: 'active' | 'inactive' | 'failed'
      readonly milliseconds: number
    }
  /** `loaded`: a whole snapshot came in; `resumed`: the connection is back without one; `ended`: it will come back. */
  | { readonly type: 'feed'; readonly state: 'loaded' | 'resumed' | 'ended'; readonly code?: GuardErrorCode }
  /** The accepted keys changed. */
  | { readonly type: 'keys'; readonly kids: readonly string[] }
  | { readonly type: 'error'; readonly code: GuardErrorCode; readonly message: string }
