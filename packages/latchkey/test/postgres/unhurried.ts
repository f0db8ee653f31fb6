// Deadlines for suites that do not measure durations. They leave the database enough time on a busy machine.
import type { Deadlines } from '../../src/storage/postgres/deadlines.ts'

/**
 * The deadline in milliseconds. It is shorter than the time limit of a test, so that a late answer fails with its own
 * error.
 */
const HALF_A_MINUTE = 30_000

export const UNHURRIED: Deadlines = {
  commit: HALF_A_MINUTE,
  read: HALF_A_MINUTE,
  heartbeat: HALF_A_MINUTE,
  retryBudget: HALF_A_MINUTE,
  away: HALF_A_MINUTE,
  hold: HALF_A_MINUTE,
}
