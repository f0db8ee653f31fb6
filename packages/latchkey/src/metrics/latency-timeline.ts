// Percentiles of response times for each of the last minutes and half hours, computed from counts between fixed bounds.
import type { Latency } from '../ports/activity-reports.ts'
import { type Place, Timeline } from './timeline.ts'

// The bounds, from 0.25 ms to 30 s. Each bound is 20 % above the previous bound, so the error of a percentile is at
// most 20 %.
const BOUNDS = Array.from({ length: 66 }, (_, step) => 0.25 * 1.2 ** step)
const NAME = 'latency'

export class LatencyTimeline {
  readonly #timeline: Timeline

  constructor(now: number, spans = 1) {
    this.#timeline = new Timeline(now, now, { width: BOUNDS.length, spans })
  }

  observe(milliseconds: number, now: number): void {
    let place = 0
    while (place < BOUNDS.length - 1 && milliseconds > (BOUNDS[place] as number)) place++
    this.#timeline.count(NAME, now, place)
  }

  /** Adds counts of a past minute to the bound with the index `place`. */
  add(minute: number, place: number, counts: number): void {
    if (place < BOUNDS.length) this.#timeline.add(NAME, minute, counts, place)
  }

  /**
   * Returns the percentiles of an interval, from the counts of this timeline and `other` together. Undefined if the
   * interval has no counts.
   */
  at({ index }: Place, other?: LatencyTimeline): Latency | undefined {
    const [own, others] = [this.countsAt(index), other?.countsAt(index)]
    const counts = BOUNDS.map((_, place) => (own[place] ?? 0) + (others?.[place] ?? 0))
    const total = counts.reduce((sum, count) => sum + count, 0)
    if (total === 0) return undefined
    const percentile = (share: number): number => boundBelow(counts, Math.ceil(total * share))
    return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) }
  }

  /** Returns the counts of an interval, by the index of the bound. Empty if the timeline has no counts at all. */
  countsAt(index: number): Uint32Array {
    return this.#timeline.slice(NAME, index)
  }

  /** Advances the timeline to the time `now`. */
  advance(now: number): void {
    this.#timeline.places(now)
  }
}

/** Returns the upper bound of the `rank`-th smallest value. */
function boundBelow(counts: readonly number[], rank: number): number {
  let seen = 0
  const place = counts.findIndex((count) => (seen += count) >= rank)
  return Number((BOUNDS[place] ?? 0).toPrecision(3))
}
