// The activity of all servers on the store: the counts of this run, and the stored counts of earlier runs and of other
// servers.
import type { KeptMinute, KeptMinutes, NamedCounts } from '../ports/activity-minutes.ts'
import type { Counts, ServerInterval, ServerReport } from '../ports/activity-reports.ts'
import { LatencyTimeline } from './latency-timeline.ts'
import { type Counted, readInterval } from './read-timeline.ts'
import { toSeconds } from './steady-time.ts'
import { HALF_HOURS, MINUTES, minuteOf, type Place, Timeline } from './timeline.ts'

const MINUTE_MS = 60_000
/**
 * The number of hours or days in memory: the hour or day of the report, and the previous hour or day for a comparison.
 */
const SPANS = 2
/** The prefix of latency counts. The index of the bound follows the prefix. */
const LATENCY = 'latency:'

export class ServerTimeline implements Counted {
  readonly #own: Timeline
  readonly #ownLatency: LatencyTimeline
  readonly #others: Timeline
  readonly #othersLatency: LatencyTimeline
  /** The counts of other runs that are already added, for the minutes that may still change. */
  readonly #added = new Map<number, NamedCounts>()
  /** The start of the measurement, in milliseconds since the epoch. */
  since: number

  constructor(now: number) {
    this.since = now
    this.#own = new Timeline(now, now, { spans: SPANS })
    this.#ownLatency = new LatencyTimeline(now, SPANS)
    this.#others = new Timeline(now, now, { spans: SPANS })
    this.#othersLatency = new LatencyTimeline(now, SPANS)
  }

  count(name: string, now: number): void {
    this.#own.count(name, now)
  }

  observeLatency(milliseconds: number, now: number): void {
    this.#ownLatency.observe(milliseconds, now)
  }

  /** Returns the counts of this run in one of the last 120 minutes, by name, without zeros. */
  ownCounts(minute: number, now: number): NamedCounts {
    this.#advance(now)
    const index = this.#own.indexOfMinute(minute)
    const counts = [...this.#own.names].map((name) => [name, this.#own.at(name, index)] as const)
    const latencies = [...this.#ownLatency.countsAt(index)].map(
      (count, place) => [`${LATENCY}${String(place)}`, count] as const,
    )
    return Object.fromEntries([...counts, ...latencies].filter(([, count]) => count > 0))
  }

  /** Adds the counts of other runs. For a minute whose counts were added before, replaces the earlier counts. */
  takeOver({ first, minutes }: KeptMinutes, ownRun: string, now: number): void {
    this.#advance(now)
    if (first !== undefined) this.since = Math.min(this.since, first * MINUTE_MS)
    const present = minuteOf(now)
    for (const kept of minutes) {
      // Skips minutes that are still in the future, which another server with a fast clock has written. The server
      // reads them again when its own clock has reached them.
      if (kept.minute <= present) this.#replace(kept.minute, sumOfOthers(kept, ownRun))
    }
    for (const minute of this.#added.keys()) if (minute <= present - MAY_CHANGE_MINUTES) this.#added.delete(minute)
  }

  /** Returns the last 60 minutes and 48 half hours, and the 60 minutes and 48 half hours before those. */
  report(now: number): Pick<ServerReport, 'activity' | 'minutesBefore' | 'halfHoursBefore'> {
    this.#advance(now)
    const { minutes, halfHours } = this.#own.places(now, this.since)
    return {
      activity: {
        since: toSeconds(this.since),
        minutes: minutes.slice(-MINUTES).map((place) => this.#intervalAt(place)),
        halfHours: halfHours.slice(-HALF_HOURS).map((place) => this.#intervalAt(place)),
      },
      minutesBefore: this.#before(minutes, MINUTES),
      halfHoursBefore: this.#before(halfHours, HALF_HOURS),
    }
  }

  get names(): Iterable<string> {
    return new Set([...this.#own.names, ...this.#others.names])
  }

  at(name: string, index: number): number {
    return this.#own.at(name, index) + this.#others.at(name, index)
  }

  #intervalAt(place: Place): ServerInterval {
    return {
      ...readInterval(this, place),
      accepted: this.at('accepted', place.index),
      tokenLatency: this.#ownLatency.at(place, this.#othersLatency),
    }
  }

  /** Returns the intervals before the last `shown` intervals. Undefined unless all of them were measured completely. */
  #before(places: readonly Place[], shown: number): readonly Counts[] | undefined {
    const before = places.slice(0, -shown)
    const [first] = before
    if (first === undefined || before.length < shown || first.at < this.since) return undefined
    return before.map((place) => readInterval(this, place))
  }

  #advance(now: number): void {
    for (const timeline of [this.#own, this.#others]) timeline.places(now)
    for (const latency of [this.#ownLatency, this.#othersLatency]) latency.advance(now)
  }

  #replace(minute: number, counts: NamedCounts): void {
    const before = this.#added.get(minute) ?? {}
    for (const name of new Set([...Object.keys(before), ...Object.keys(counts)])) {
      const change = (counts[name] ?? 0) - (before[name] ?? 0)
      if (change === 0) continue
      if (name.startsWith(LATENCY)) this.#othersLatency.add(minute, Number(name.slice(LATENCY.length)), change)
      else this.#others.add(name, minute, change)
    }
    this.#added.set(minute, counts)
  }
}

/**
 * The number of minutes for which stored counts may still change: other servers write a minute until it is over, and
 * their clocks may be behind.
 */
export const MAY_CHANGE_MINUTES = 5

function sumOfOthers({ runs }: KeptMinute, ownRun: string): NamedCounts {
  const sums: Record<string, number> = {}
  for (const [run, counts] of Object.entries(runs)) {
    if (run === ownRun) continue
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
  }
  return sums
}
