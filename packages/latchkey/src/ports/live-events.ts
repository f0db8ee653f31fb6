// The port for live events: the last events in memory, for operators who watch the server.
import type { Scope } from '@latchkey/protocol'
import type { AuditEvent } from '../domain/audit-event.ts'
import type { EpochSeconds, Generation } from '../domain/slot.ts'
import type { RefusedRequest } from './activity.ts'
import type { ContendedSlot } from './activity-reports.ts'

/** The server answered a token request with a token. */
export interface IssuanceHappened {
  readonly name: 'issuance'
  readonly at: EpochSeconds
  readonly clientId: string
  readonly scope: Scope
  readonly generation: Generation
  readonly jti: string
  /**
   * `shared`: the token was made for another, concurrent request. `reused`: the token was live already (stable mode).
   */
  readonly kind: 'issued' | 'shared' | 'reused'
  /** The `jti` of the token that this one superseded. */
  readonly superseded: string | undefined
  readonly address: string
  readonly userAgent: string
  /** Whom a platform's assertion proved. Undefined for other kinds of credentials. */
  readonly subject: string | undefined
}

export interface ContentionHappened {
  readonly name: 'contention'
  readonly at: EpochSeconds
  readonly slot: ContendedSlot
}

export interface RefusalHappened extends Omit<RefusedRequest, 'client'> {
  readonly name: 'refusal'
  readonly at: EpochSeconds
  /** The number of refusals since the previous event that the server only counted, without an event for each. */
  readonly omittedBefore: number
}

export interface ChangeHappened {
  readonly name: 'change'
  readonly recorded: AuditEvent
}

export type Happening = IssuanceHappened | ContentionHappened | RefusalHappened | ChangeHappened

export interface LiveEvent {
  /** An opaque text. Only the server that made it can order it. */
  readonly id: string
  readonly happening: Happening
}

export interface LiveEvents {
  /** Calls `listener` with each later event. */
  subscribe(listener: (event: LiveEvent) => void): Subscription
  /** The id of the last event. If there is no event yet, the id is still a valid argument for `after`. */
  readonly lastId: string
  /** Returns the events after the event with this id. Undefined if the server no longer has all of them. */
  after(id: string): readonly LiveEvent[] | undefined
}

export interface Subscription {
  /** Reports that the subscriber has not yet taken the events that were sent to it. */
  fellBehind(): void
  caughtUp(): void
  /** Ends the subscription. May be called again. */
  end(): void
}
