// The port for the audit trail: an append-only chain of administrative changes. A MAC under the audit key links each
// event to the previous one.
import type { Actor, AuditEvent, AuditRecord } from '../domain/audit-event.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface AuditQuery {
  /** The maximum number of events. */
  readonly limit: number
  /** Finds only events whose number is lower. If it is undefined, finds the newest events. */
  readonly before: number | undefined
  readonly event: string | undefined
  /** Finds events of the actor with this id. */
  readonly actor: string | undefined
  /** Finds events about the target with this id. */
  readonly target: string | undefined
  /** Finds refusals only, or everything else. Undefined finds both. */
  readonly kind?: 'changes' | 'refusals' | undefined
  /** Finds events from this second on. */
  readonly since: EpochSeconds | undefined
  /** Finds events before this second. */
  readonly until: EpochSeconds | undefined
}

/**
 * Identifies one event of the chain and, through its MAC, all events before it. With an anchor that is kept outside the
 * store, an operator can check later that the trail still has the same history. The MAC is not secret: it reveals
 * nothing about the key.
 */
export interface AuditAnchor {
  readonly seq: number
  /** 64 lower-case hexadecimal digits. */
  readonly mac: string
}

export type AuditReport =
  | {
      readonly intact: true
      readonly checked: number
      readonly fromSeq: number
      readonly toSeq: number
      /** The end of the chain. */
      readonly anchor: AuditAnchor
    }
  | {
      readonly intact: false
      readonly checked: number
      readonly fromSeq: number
      readonly toSeq: number
      /** The first event whose MAC or number is wrong, and the problem with it. */
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
  /** Returns the number of all events that match the query, without regard to its limit. Throws `StoreUnavailable`. */
  count(query: AuditQuery): Promise<number>
  /**
   * Checks the chain with the audit key, up to the last event at the time of the call. Compares the chain with
   * `expected`, an anchor that was kept elsewhere. Throws `StoreUnavailable`.
   */
  verify(expected: AuditAnchor | undefined): Promise<AuditReport>
  /**
   * Returns the end of the chain. Undefined if the record of the end was not written with the audit key. Throws
   * `StoreUnavailable`.
   */
  anchor(): Promise<AuditAnchor | undefined>
  /**
   * Deletes events that are older than `olderThan` and leaves a sealed checkpoint. Returns the number of deleted
   * events. Throws `StoreUnavailable`; what was deleted before the error stays deleted.
   */
  prune(olderThan: EpochSeconds): Promise<number>
  /** Calls `listener` with each event once it is durable. Returns a function that ends the subscription. */
  onRecorded(listener: (event: AuditEvent) => void): () => void
}

/**
 * Thrown if the caller lost its rights before the requested change was durable: its key was revoked, or the operator
 * was disabled or removed. Nothing was changed. Every method that records an actor can throw this error.
 */
export class ActorEnded extends Error {
  readonly kind: Actor['kind']

  constructor(kind: Actor['kind']) {
    super('the right to this change ended before it was made')
    this.name = 'ActorEnded'
    this.kind = kind
  }
}

/** Returns the HMAC-SHA-256 of the text under the audit key, 32 bytes. */
export type AuditMac = (text: string) => Uint8Array
