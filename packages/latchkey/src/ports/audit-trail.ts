// The port for the audit trail: an append-only chain of administrative changes. A MAC under the audit key links each
// event to the previous event.
import type { Actor, AuditEvent, AuditRecord } from '../domain/audit-event.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface AuditQuery {
  /** The largest number of events to return. */
  readonly limit: number
  /** Finds only events whose number is lower than this number. If undefined, finds the newest events. */
  readonly before: number | undefined
  readonly event: string | undefined
  /** Finds events of the actor with this id. */
  readonly actor: string | undefined
  /** Finds events about the target with this id. */
  readonly target: string | undefined
  /** Finds only refusals, or everything except refusals. If undefined, finds all events. */
  readonly kind?: 'changes' | 'refusals' | undefined
  /** Finds events at this time or later. */
  readonly since: EpochSeconds | undefined
  /** Finds events before this time. */
  readonly until: EpochSeconds | undefined
}

/**
 * An anchor identifies one event of the chain and, through the MAC of the event, all earlier events. An operator who
 * stores an anchor outside the store can check later that the trail still has the same history. The MAC is not secret,
 * because it reveals nothing about the audit key.
 */
export interface AuditAnchor {
  readonly seq: number
  /** The MAC in 64 lower-case hexadecimal digits. */
  readonly mac: string
}

export type AuditReport =
  | {
      readonly intact: true
      readonly checked: number
      readonly fromSeq: number
      readonly toSeq: number
      /** The anchor of the last event. */
      readonly anchor: AuditAnchor
    }
  | {
      readonly intact: false
      readonly checked: number
      readonly fromSeq: number
      readonly toSeq: number
      /** The number of the first damaged or missing event. `problem` says what is wrong with it. */
      readonly seq: number
      readonly problem: string
    }

export interface AuditTrail {
  /**
   * Records events that change nothing in the store. The events are durable when the promise resolves. Throws
   * `StoreUnavailable`.
   */
  append(records: readonly AuditRecord[]): Promise<void>
  /** Returns the events that the query finds, the newest first. Throws `StoreUnavailable`. */
  page(query: AuditQuery): Promise<readonly AuditEvent[]>
  /**
   * Returns the number of all events that match the query. Ignores the limit of the query. Throws `StoreUnavailable`.
   */
  count(query: AuditQuery): Promise<number>
  /**
   * Checks the chain with the audit key, up to the last event at the time of the call. Compares the chain with
   * `expected`, an anchor that the operator stored elsewhere. Throws `StoreUnavailable`.
   */
  verify(expected: AuditAnchor | undefined): Promise<AuditReport>
  /**
   * Returns the anchor of the last event. Undefined if the record of the chain's end is missing or was not written with
   * the audit key. Throws `StoreUnavailable`.
   */
  anchor(): Promise<AuditAnchor | undefined>
  /**
   * Deletes events that are older than `olderThan`, and writes a sealed checkpoint in their place. Returns the number
   * of deleted events. Throws `StoreUnavailable`. Events that were deleted before the error stay deleted.
   */
  prune(olderThan: EpochSeconds): Promise<number>
  /**
   * Calls `listener` with each event as soon as the event is durable. Returns a function that ends the subscription.
   */
  onRecorded(listener: (event: AuditEvent) => void): () => void
}

/**
 * Thrown if the author of a change lost the right to make this change before the change was durable: the admin key was
 * revoked, or the operator was disabled or removed. Nothing changed. Every method that writes an audit record can throw
 * this error.
 */
export class ActorEnded extends Error {
  readonly kind: Actor['kind']

  constructor(kind: Actor['kind']) {
    super('the author of the change lost the right to make it before the change was durable')
    this.name = 'ActorEnded'
    this.kind = kind
  }
}

/** Returns the HMAC-SHA-256 of the text under the audit key: 32 bytes. */
export type AuditMac = (text: string) => Uint8Array
