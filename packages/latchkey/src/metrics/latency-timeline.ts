// How long the server took to answer, for each of the last minutes and half hours: percentiles from counts in fixed bounds.
import type { Latency } from '../ports/activity-reports.ts'
import { type Place, Timeline } from './timeline.ts'

// A quarter of a millisecond to half a minute, each bound a fifth above the one before: that is how exact percentiles are.
const BOUNDS = Array.from({ length: 66 }, (_, step) => 0.25 * 1.2 ** step)
const NAME = 'latency'

export class LatencyTimeline {
  readonly #timeline: Timeline

  constructor(now: number) {
    this.#timeline = new Timeline(now, now, BOUNDS.length)
  }

  observe(milliseconds: number, now: number): void {
    let place = 0
    while (place < BOUNDS.length - 1 && milliseconds > (BOUNDS[place] as number)) place++
    this.#timeline.count(NAME, now, place)
  }

  /** For a place in another timeline that began with this one. Undefined when nothing was measured in the interval. */
  at({ index }: Place): Latency | undefined {
    const counts = this.#timeline.slice(NAME, index)
    const total = counts.reduce((sum, count) => sum + count, 0)
    if (total === 0) return undefined
    const percentile = (share: number): number => boundBelow(counts, Math.ceil(total * share))
    return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) }
  }

  /** Lets time pass. */
  advance(now: number): void {
    this.#timeline.places(now)
  }
}

/** The bound at or below which the `rank`-th smallest value is. */
function boundBelow(counts: Uint32Array, rank: number): number {
  let seen = 0
  const place = counts.findIndex((count) => (seen += count) >= rank)
  return Number((BOUNDS[place] ?? 0).toPrecision(3))
}
