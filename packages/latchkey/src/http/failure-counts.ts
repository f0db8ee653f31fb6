// Counts failures by key and minute. The memory is bounded: the least recently used keys are dropped first.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../ports/clock.ts'

/** The window of a key starts with a failure. The first failure after these 60 s starts a new window and count. */
const WINDOW_MILLISECONDS = 60_000

export interface FailureCount {
  readonly count: number
  /** The end of the window, in milliseconds on the monotonic clock. */
  readonly endsAt: number
}

export class FailureCounts {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #counts: LRUCache<string, FailureCount>

  constructor(clock: Pick<Clock, 'monotonic'>, mostKeys: number) {
    this.#clock = clock
    this.#counts = new LRUCache({ max: mostKeys })
  }

  /** The number of keys in memory. */
  get size(): number {
    return this.#counts.size
  }

  /** Counts one failure and returns the new count. */
  add(key: string): FailureCount {
    const now = this.#clock.monotonic()
    const known = this.#counts.get(key)
    const current =
      known === undefined || now >= known.endsAt
        ? { count: 1, endsAt: now + WINDOW_MILLISECONDS }
        : { count: known.count + 1, endsAt: known.endsAt }
    this.#counts.set(key, current)
    return current
  }

  /** Subtracts one from the count, for an attempt that was counted before it succeeded. */
  takeBack(key: string): void {
    const known = this.#counts.get(key)
    if (known !== undefined && known.count > 0) this.#counts.set(key, { ...known, count: known.count - 1 })
  }
}
