// The slots as an operator sees them: which tokens are live, and who asked for the last ones.
import type { Scope } from '@latchkey/protocol'
import type { EpochSeconds, Generation, RecordedToken } from '../domain/slot.ts'

/** One of the requests that an issuance answered. */
export interface RecordedRequester {
  readonly address: string
  /** Printable, at most 120 bytes. */
  readonly userAgent: string
  readonly secretId: string
}

/** One issuance, as the ring remembers it. */
export interface RecordedIssuance {
  readonly generation: Generation
  readonly jti: string
  readonly issuedAt: EpochSeconds
  /** How many requests it answered. */
  readonly requests: number
  /** Up to 8 different ones of them. */
  readonly requesters: readonly RecordedRequester[]
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
  /** The last 16 issuances of a slot, the newest first. Throws `StoreUnavailable`. */
  history(clientId: string, scope: Scope): Promise<readonly RecordedIssuance[]>
  /** Slots whose live token is not over at `now`, the least time left first. Throws `StoreUnavailable`. */
  live(query: {
    readonly now: EpochSeconds
    readonly limit: number
    readonly after: { readonly expiresAt: EpochSeconds; readonly slotId: number } | undefined
  }): Promise<readonly LiveSlot[]>
  /** How many live tokens each scope has at `now`. */
  liveByScope(now: EpochSeconds): ReadonlyMap<string, number>
}
