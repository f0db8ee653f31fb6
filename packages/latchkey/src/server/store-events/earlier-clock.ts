// The clock for what one server does to the store of all, and no other server can take back.
import type { Clock } from '../../ports/clock.ts'

/**
 * The earlier one of this server's clock and the database's. A server whose clock is ahead then removes no signing key
 * whose tokens still live, and no event of the audit trail that is to be kept. `databaseOffset` is by how many seconds
 * the database's clock is ahead of this one; undefined if there is no database.
 */
export const earlierClock = (clock: Clock, databaseOffset: () => number | undefined): Clock => ({
  now: () => clock.now() + Math.min(databaseOffset() ?? 0, 0),
  monotonic: () => clock.monotonic(),
})
