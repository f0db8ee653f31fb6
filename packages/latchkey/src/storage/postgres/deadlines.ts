// How long a replica waits for its database before it tells a caller that the outcome is not known.

/** All in milliseconds. */
export interface Deadlines {
  /** For the answer to a commit. */
  readonly commit: number
  /** For the answer to a read. */
  readonly read: number
  /** For the answer to a heartbeat, on which the write lease rests. */
  readonly heartbeat: number
  /** A read or a change is tried again for as long, while the database does not answer. */
  readonly retryBudget: number
  /** After so long without a heartbeat the replica no longer expects the database back at any moment. */
  readonly away: number
  /**
   * The database takes the lock on the configuration from a replica that is silent for so long. Behind a change that
   * waits for the lock the tokens of all others wait as well: a replica that stands still must not cost them more.
   */
  readonly hold: number
}

/** A commit takes less, and a caller hears of an outage within two seconds. */
export const DEADLINES: Deadlines = {
  commit: 1500,
  read: 1500,
  heartbeat: 1500,
  retryBudget: 1800,
  away: 2500,
  hold: 500,
}
