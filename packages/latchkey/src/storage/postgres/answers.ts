// The results of the SQL functions for reads and commits. The members have the names that the SQL functions use.
import type { Row } from '../../rows/disk.ts'

export type CommitVerdict =
  | {
      readonly verdict: 'done'
      /**
       * The current rows of the slots that another replica changed before this batch. The batch did not change these
       * slots.
       */
      readonly lost?: readonly Row[]
      /**
       * The rows of the slots that another replica changed before this batch, if the database could apply the change of
       * the batch to the newer state.
       */
      readonly moved?: readonly Row[]
      /**
       * The current rows of the replay windows (records of used assertions) that another replica changed before this
       * batch. The batch changed neither these windows nor the slots of their clients. If a client has no row, all
       * columns other than `client_id` are null.
       */
      readonly lost_windows?: readonly Row[]
      /** The version of the configuration after the commit. */
      readonly configuration?: number
    }
  /**
   * The commit wrote nothing. `overtaken`: the batch is based on an older version of the configuration. `elsewhere`:
   * the database server is not the primary.
   */
  | { readonly verdict: 'overtaken' | 'elsewhere' }

/** The result of a fresh read. All its members are from the same snapshot of the database. */
export interface FreshRead {
  /**
   * True if the database server that answered is not the primary, because its location differs from the recorded
   * location of the store.
   */
  readonly misplaced: boolean
  /** The recorded location of the store: its database cluster and timeline. */
  readonly place: string
  /** The start time of the database server. */
  readonly started: string
  readonly configuration: number
  readonly floor: number
  /** True if these clients are affected by a change after the version that the caller assumed. */
  readonly overtaken: boolean
  readonly slots: readonly Row[]
}

/** A token whose commit got no answer. The probe checks whether the issuance history of the slot contains the token. */
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

/**
 * The version of the configuration, and the generation floor (the generation up to which all tokens have ended), that a
 * replica has in memory.
 */
export interface KnownVersion {
  readonly configuration: number
  readonly floor: number
}

export interface Heartbeat {
  readonly place: string
  /**
   * The location of the store that the database has recorded. Empty for a new store. `place` is the location of the
   * server that answered.
   */
  readonly recorded: string
  readonly started: string
  readonly configuration: number
  /** The time of the database, in seconds since the epoch with a fraction. */
  readonly now: number
  /** The issuers of other running replicas that differ from the issuer of this replica. */
  readonly others: readonly string[]
  /** The unsafe setting of the database server. Null if its settings are safe. */
  readonly hindrance: 'fsync' | 'no_standby' | null
}
