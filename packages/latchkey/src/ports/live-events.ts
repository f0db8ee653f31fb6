// What happens, as it happens: the last events in memory, for whoever watches.
import type { Scope } from '@latchkey/protocol'
import type { AuditEvent } from '../domain/audit-event.ts'
import type { EpochSeconds, Generation } from '../domain/slot.ts'
import type { RefusedRequest } from './activity.ts'
import type { ContendedSlot } from './activity-reports.ts'

/** A token request was answered with a token. */
export interface IssuanceHappened {
  readonly name: 'issuance'
  readonly at: EpochSeconds
  readonly clientId: string
  readonly scope: Scope
  readonly generation: Generation
  readonly jti: string
  /** `shared`: with a token made for another request; `reused`: with the live one (stable mode). */
  readonly kind: 'issued' | 'shared' | 'reused'
  /** The `jti` of the token that this one superseded. */
  readonly superseded: string | undefined
  readonly address: string
  readonly userAgent: string
}

export interface ContentionHappened {
  readonly name: 'contention'
  readonly at: EpochSeconds
  readonly slot: ContendedSlot
}

export interface RefusalHappened extends Omit<RefusedRequest, 'client'> {
  readonly name: 'refusal'
  readonly at: EpochSeconds
  /** How many refusals since the event before were counted and nothing more. */
  readonly omittedBefore: number
}

export interface ChangeHappened {
  readonly name: 'change'
  readonly recorded: AuditEvent
}

export type Happening = IssuanceHappened | ContentionHappened | RefusalHappened | ChangeHappened

export interface LiveEvent {
  /** Opaque; orders nothing for anybody but the server that made it. */
  readonly id: string
  readonly happening: Happening
}

export interface LiveEvents {
  /** Calls back with each event from now on. */
  subscribe(listener: (event: LiveEvent) => void): Subscription
  /** Of the last event so far; what `after` takes when nothing has happened yet. */
  readonly lastId: string
  /** What happened after the event with this id; undefined when that is no longer known. */
  after(id: string): readonly LiveEvent[] | undefined
}

export interface Subscription {
  /** The subscriber has not taken yet what it was sent. */
  fellBehind(): void
  caughtUp(): void
  /** May be called again. */
  end(): void
}
