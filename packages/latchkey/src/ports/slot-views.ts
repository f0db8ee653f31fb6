// The port with which operators read slots (one for each integration and scope): the live tokens, and the callers that
// got the last tokens.
import type { Scope } from '@latchkey/protocol'
import type { EpochSeconds, Generation, RecordedToken } from '../domain/slot.ts'

/** A caller that got the token of an issuance. */
export interface RecordedRequester {
  readonly address: string
  /** The user agent: printable characters, at most 120 bytes. */
  readonly userAgent: string
  readonly credentialId: string
  /** The workload that the platform's assertion named. Undefined for other kinds of credentials. */
  readonly subject: string | undefined
}

/** One entry of a slot's issuance history. */
export interface RecordedIssuance {
  readonly generation: Generation
  readonly jti: string
  readonly issuedAt: EpochSeconds
  /** The number of requests that got the token. */
  readonly requests: number
  /** The first 8 different callers among these requests. */
  readonly requesters: readonly RecordedRequester[]
  /**
   * Other callers that got the token later, because they named a different token as the token to replace. Both lists
   * together have at most 8 callers.
   */
  readonly handedTo: readonly RecordedRequester[]
}

export interface LiveSlot {
  readonly slotId: number
  readonly clientId: string
  readonly integrationId: string
  readonly integrationName: string
  readonly scope: Scope
  readonly token: RecordedToken
}

export interface SlotViews {
  /** Returns the last 16 issuances of a slot, the newest first. Throws `StoreUnavailable`. */
  history(clientId: string, scope: Scope): Promise<readonly RecordedIssuance[]>
  /**
   * Returns slots whose live token has not expired at `now`, ordered by expiry, the earliest first. Throws
   * `StoreUnavailable`.
   */
  live(query: {
    readonly now: EpochSeconds
    readonly limit: number
    readonly after: { readonly expiresAt: EpochSeconds; readonly slotId: number } | undefined
  }): Promise<readonly LiveSlot[]>
  /** Returns the number of live tokens of each scope at `now`. */
  liveByScope(now: EpochSeconds): ReadonlyMap<string, number>
}
