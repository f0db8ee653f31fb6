// How long a replica waits for its database before it reports that an outcome is not known.

/** All in milliseconds. */
export interface Deadlines {
  /** For the answer to a commit. */
  readonly commit: number
  /** For the answer to a read. */
  readonly read: number
  /** For the answer to a heartbeat, on which the write lease rests. */
  readonly heartbeat: number
  /** How long a read or a change is retried while the database does not answer. */
  readonly retryBudget: number
  /** How long after the last heartbeat the replica expects the database back at any moment. */
  readonly away: number
  /**
   * How long a hanging replica keeps the lock on the configuration before the database takes the lock from it. Token
   * requests of all replicas wait behind a change that waits for this lock.
   */
  readonly hold: number
}

/** Longer than a commit takes, and short enough that a caller gets an answer within two seconds of an outage. */
export const DEADLINES: Deadlines = {
  commit: 1500,
  read: 1500,
  heartbeat: 1500,
  retryBudget: 1800,
  away: 2500,
  hold: 500,
}
