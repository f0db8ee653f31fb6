// The time limits of a replica for its database.

/** The time limits, all in milliseconds. */
export interface Deadlines {
  /** The limit for the answer to a commit. */
  readonly commit: number
  /** The limit for the answer to a read. */
  readonly read: number
  /** The limit for the answer to a heartbeat, on which the lease depends. */
  readonly heartbeat: number
  /** The time for which a read or a change is retried while the database does not answer. */
  readonly retryBudget: number
  /**
   * The time after the last heartbeat during which requests still wait for the database. After this time, requests are
   * refused at once.
   */
  readonly away: number
  /**
   * The time after which the database takes the lock on the configuration from a replica that hangs. If a change waits
   * for this lock, the token requests of all replicas wait behind the change.
   */
  readonly hold: number
}

/**
 * The usual limits. They are longer than the duration of a commit, and short enough that a caller gets an answer within
 * two seconds during an outage.
 */
export const DEADLINES: Deadlines = {
  commit: 1500,
  read: 1500,
  heartbeat: 1500,
  retryBudget: 1800,
  away: 2500,
  hold: 500,
}
