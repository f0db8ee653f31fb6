// The port for live events: recent events in memory, which the console shows to operators as they happen.
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
   * `issued`: the request got a new token. `shared`: the request got the token of a concurrent request, or of an
   * earlier request because it named a different token as the token to replace. `reused`: the request got a token that
   * was already live (stable mode).
   */
  readonly kind: 'issued' | 'shared' | 'reused'
  /** The `jti` of the token that the new token superseded. Undefined if the new token superseded no token. */
  readonly superseded: string | undefined
  readonly address: string
  readonly userAgent: string
  /** The workload that the platform's assertion named. Undefined for other kinds of credentials. */
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
  /**
   * The number of refusals without an event since the previous refusal event. The server limits the number of refusal
   * events.
   */
  readonly omittedBefore: number
}

export interface ChangeHappened {
  readonly name: 'change'
  readonly recorded: AuditEvent
}

export type Happening = IssuanceHappened | ContentionHappened | RefusalHappened | ChangeHappened

export interface LiveEvent {
  /** The id, an opaque text. It is valid only at the server that made the event. */
  readonly id: string
  readonly happening: Happening
}

export interface LiveEvents {
  /** Calls `listener` with each event after this call. */
  subscribe(listener: (event: LiveEvent) => void): Subscription
  /** The id of the last event. A valid argument for `after` even if no event has happened yet. */
  readonly lastId: string
  /**
   * Returns the events after the event with this id. Undefined if the server no longer has all these events in memory.
   */
  after(id: string): readonly LiveEvent[] | undefined
}

export interface Subscription {
  /** The subscriber reports that it receives events more slowly than the server sends them. */
  fellBehind(): void
  caughtUp(): void
  /** Ends the subscription. A second call does nothing. */
  end(): void
}
