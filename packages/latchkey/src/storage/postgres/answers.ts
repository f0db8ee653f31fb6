// The results of the SQL functions for reads and commits. The members have the names that SQL gives them.
import type { Row } from '../../rows/disk.ts'

export type CommitVerdict =
  | {
      readonly verdict: 'done'
      /** The current rows of slots that another writer changed first. The batch changed nothing in them. */
      readonly lost?: readonly Row[]
      /** The rows of rebased slots: another server changed them first, and the change was applied on top. */
      readonly moved?: readonly Row[]
      /**
       * The current rows of replay windows that another writer changed first. The batch changed nothing in them, and
       * nothing in the slots of their clients. All columns but `client_id` are null if there is no such row.
       */
      readonly lost_windows?: readonly Row[]
      /** The version of the configuration after the commit. */
      readonly configuration?: number
    }
  /**
   * Nothing was written. `overtaken`: the configuration is newer than the batch assumed. `elsewhere`: the server is not
   * the primary.
   */
  | { readonly verdict: 'overtaken' | 'elsewhere' }

/** The result of a fresh read, from one snapshot of the database. */
export interface FreshRead {
  /** True if the server that answered is not the primary, because the store is recorded at another location. */
  readonly misplaced: boolean
  /** The recorded store location: cluster and timeline. */
  readonly place: string
  /** When the database server was started. */
  readonly started: string
  readonly configuration: number
  readonly floor: number
  /** True if a change after the assumed version affects these clients. */
  readonly overtaken: boolean
  readonly slots: readonly Row[]
}

/** A token whose commit got no answer. The probe checks whether the token is in its slot. */
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

/** The version of the configuration and the generation floor that a replica has in memory. */
export interface KnownVersion {
  readonly configuration: number
  readonly floor: number
}

export interface Heartbeat {
  readonly place: string
  /**
   * The store location that the database has recorded. Empty for a new store. `place` is the location that answered
   * now.
   */
  readonly recorded: string
  readonly started: string
  readonly configuration: number
  /** The database's time: seconds since the epoch, with a fraction. */
  readonly now: number
  /** Issuers of running replicas that differ from this replica's issuer. */
  readonly others: readonly string[]
  /** The unsafe setting of the server. Null if its settings are safe. */
  readonly hindrance: 'fsync' | 'no_standby' | null
}
