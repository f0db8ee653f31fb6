// How long a replica waits for its database before it reports that an outcome is not known.

/** The time limits, all in milliseconds. */
export interface Deadlines {
  /** The limit for the answer to a commit. */
  readonly commit: number
  /** The limit for the answer to a read. */
  readonly read: number
  /** The limit for the answer to a heartbeat, which the write lease depends on. */
  readonly heartbeat: number
  /** How long a read or a change is retried while the database does not answer. */
  readonly retryBudget: number
  /** How long after the last heartbeat the replica still assumes that the database will answer at any moment. */
  readonly away: number
  /**
   * How long a replica that hangs keeps the lock on the configuration before the database releases the lock. While a
   * change waits for this lock, token requests of all replicas wait behind the change.
   */
  readonly hold: number
}

/**
 * The limits are longer than a commit takes, and short enough that a caller gets an answer within two seconds of an
 * outage.
 */
export const DEADLINES: Deadlines = {
  commit: 1500,
  read: 1500,
  heartbeat: 1500,
  retryBudget: 1800,
  away: 2500,
  hold: 500,
}
