// Deadlines for suites that judge no times: their database gets the time that a busy machine needs.
import type { Deadlines } from '../../src/storage/postgres/deadlines.ts'

/** Shorter than a test may take, so that a database that never answers is named as the reason. */
const HALF_A_MINUTE = 30_000

export const UNHURRIED: Deadlines = {
  commit: HALF_A_MINUTE,
  read: HALF_A_MINUTE,
  heartbeat: HALF_A_MINUTE,
  retryBudget: HALF_A_MINUTE,
  away: HALF_A_MINUTE,
  hold: HALF_A_MINUTE,
}
