// Counts events by key, minute by minute, in bounded memory: the keys seen least recently are forgotten first.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../ports/clock.ts'

/** A key's minute begins with its first event and ends, with its count, 60 s later. */
const WINDOW_MILLISECONDS = 60_000

export interface FailureCount {
  readonly count: number
  /** By the monotonic clock, milliseconds. */
  readonly endsAt: number
}

export class FailureCounts {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #counts: LRUCache<string, FailureCount>

  constructor(clock: Pick<Clock, 'monotonic'>, mostKeys: number) {
    this.#clock = clock
    this.#counts = new LRUCache({ max: mostKeys })
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#counts.size
  }

  /** Counts one event more. */
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

  /** What was counted with this key in the minute that goes on turned out to be no failure. */
  takeBack(key: string): void {
    const known = this.#counts.get(key)
    if (known !== undefined && known.count > 0) this.#counts.set(key, { ...known, count: known.count - 1 })
  }
}
