// What the database answers to the questions of a server, and to its commits.
import type { Row } from '../../rows/disk.ts'

export type CommitVerdict =
  | {
      readonly verdict: 'done'
      /** Slots that another server changed first: they contain no part of the batch. */
      readonly lost?: readonly Row[]
      /** Slots that another server changed too. The change of the batch was applied to what they had become. */
      readonly moved?: readonly Row[]
      /** The version of the configuration that the commit made. */
      readonly configuration?: number
    }
  /**
   * Nothing is durable: what the batch assumed of the configuration no longer holds, or the server is not the one in
   * charge.
   */
  | { readonly verdict: 'overtaken' | 'elsewhere' }

/** One moment's picture. */
export interface FreshRead {
  readonly misplaced: boolean
  readonly place: string
  readonly started: string
  readonly configuration: number
  readonly floor: number
  /** Something that decides about these clients changed since the version that was assumed. */
  readonly overtaken: boolean
  readonly slots: readonly Row[]
}

/** A token that may have been put in its slot by a commit without an answer. */
export interface Probe {
  readonly clientId: string
  readonly slotId: number
  readonly jti: string
}

export interface ProbeResult {
  readonly place: string
  readonly started: string
  readonly confirmed: readonly string[]
}

/** The version that a memory has, which everything judged by it is judged with. */
export interface KnownVersion {
  readonly configuration: number
  readonly floor: number
}

export interface Heartbeat {
  readonly place: string
  /** The place that the store has on record. */
  readonly recorded: string
  readonly started: string
  readonly configuration: number
  /** By the database's clock: seconds since the epoch, with their fraction. */
  readonly now: number
  /** Issuers of other replicas that run, where they are not this one's. */
  readonly others: readonly string[]
  readonly hindrance: 'fsync' | 'no_standby' | null
}
