// The clock for changes of a shared store that no server can undo later.
import type { Clock } from '../../ports/clock.ts'

/**
 * Returns the time by this server's clock or by the database's clock, whichever is earlier. So a server whose clock is
 * ahead removes no signing key whose tokens are still live, and no audit event that must be kept. `databaseOffset` is
 * how many seconds the database's clock is ahead of this server's clock. Undefined if there is no database.
 */
export const earlierClock = (clock: Clock, databaseOffset: () => number | undefined): Clock => ({
  now: () => clock.now() + Math.min(databaseOffset() ?? 0, 0),
  monotonic: () => clock.monotonic(),
})
