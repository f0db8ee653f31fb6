// The events that a guard reports, as one union, for metrics and logs. No event contains a token or a secret.
import type { DecisionReason } from './decision.ts'
import type { GuardErrorCode } from './guard-error.ts'

/**
 * An event for metrics and logs, distinguished by its `type`. No event contains a token or a secret.
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
  /** The guard decided about a request. `clientId` is present only if the signature of the token is valid. */
  | {
      readonly type: 'decision'
      readonly outcome: 'accepted' | DecisionReason
      readonly clientId?: string
      readonly jti?: string
      /** Why the status is 503. */
      readonly code?: GuardErrorCode
    }
  /** The guard asked the authorization server about a token. */
  | {
      readonly type: 'introspection'
      /**
       * Why the guard asked. `mode`: the configured mode is `introspect`. `stale`: the table was too old. `newer`: the
       * token was newer than the table.
       */
      readonly purpose: 'mode' | 'stale' | 'newer'
      readonly outcome: 'active' | 'inactive' | 'failed'
      readonly milliseconds: number
    }
  /**
   * `loaded`: a snapshot is complete. `resumed`: the guard reconnected without a snapshot. `ended`: the connection
   * ended, and the guard will reconnect.
   */
  | { readonly type: 'feed'; readonly state: 'loaded' | 'resumed' | 'ended'; readonly code?: GuardErrorCode }
  /** The accepted keys changed. */
  | { readonly type: 'keys'; readonly kids: readonly string[] }
  | { readonly type: 'error'; readonly code: GuardErrorCode; readonly message: string }
