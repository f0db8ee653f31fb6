// The audit trail: every administrative change, append-only, each entry chained to the one before it under the audit key.
import type { Actor, AuditEvent, AuditRecord } from '../domain/audit-event.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface AuditQuery {
  /** Events, at most. */
  readonly limit: number
  /** Only events below this number; undefined for the newest. */
  readonly before: number | undefined
  readonly event: string | undefined
  /** An actor's id. */
  readonly actor: string | undefined
  /** A target's id. */
  readonly target: string | undefined
  /** From this second on. */
  readonly since: EpochSeconds | undefined
  /** Before this second. */
  readonly until: EpochSeconds | undefined
}

/**
 * Names one event of the chain and, by its MAC, all events before it. An anchor that is kept outside the store shows later
 * whether the trail still has that history. The MAC is no secret: it reveals nothing of the key.
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
      /** The first event that does not fit, and in what way. */
      readonly seq: number
      readonly problem: string
    }

export interface AuditTrail {
  /** Records what is no change of the store in itself. Durable when it resolves. Throws `StoreUnavailable`. */
  append(records: readonly AuditRecord[]): Promise<void>
  /** The newest first. Throws `StoreUnavailable`. */
  page(query: AuditQuery): Promise<readonly AuditEvent[]>
  /** How many events the query finds, whatever its limit. Throws `StoreUnavailable`. */
  count(query: AuditQuery): Promise<number>
  /**
   * Checks the chain with the audit key, up to the event that was the last one at the call, and compares it with `expected`,
   * an anchor that was kept elsewhere. Throws `StoreUnavailable`.
   */
  verify(expected: AuditAnchor | undefined): Promise<AuditReport>
  /** Returns the end of the chain; undefined if its record was not written with the audit key. Throws `StoreUnavailable`. */
  anchor(): Promise<AuditAnchor | undefined>
  /**
   * Removes what is older than `olderThan` and leaves a sealed checkpoint in its place. Returns how many went. Throws
   * `StoreUnavailable`; what went by then is gone.
   */
  prune(olderThan: EpochSeconds): Promise<number>
  /** Calls back with each event once it is durable. Returns how to stop that. */
  onRecorded(listener: (event: AuditEvent) => void): () => void
}

/**
 * The key was revoked, or the operator disabled or removed, after the request was admitted and before its change was
 * durable. Nothing of the change was done. Thrown by everything that records an actor.
 */
export class ActorEnded extends Error {
  readonly kind: Actor['kind']

  constructor(kind: Actor['kind']) {
    super('the right to this change ended before it was made')
    this.name = 'ActorEnded'
    this.kind = kind
  }
}

/** HMAC-SHA-256 under the audit key: 32 bytes. */
export type AuditMac = (text: string) => Uint8Array
