// The clock for acts on the common store that no other server can undo.
import type { Clock } from '../../ports/clock.ts'

/**
 * Returns the earlier time of this server's clock and the database's. A server whose clock is ahead then removes no
 * signing key whose tokens are still live, and no audit event that must be kept. `databaseOffset`: seconds that the
 * database's clock is ahead of this one. Undefined if there is no database.
 */
export const earlierClock = (clock: Clock, databaseOffset: () => number | undefined): Clock => ({
  now: () => clock.now() + Math.min(databaseOffset() ?? 0, 0),
  monotonic: () => clock.monotonic(),
})
