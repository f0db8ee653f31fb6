// Counts by name for each of the last minutes and half hours. The counts are in arrays in which new intervals overwrite
// the oldest intervals.

const MINUTE_MS = 60_000
export const MINUTES = 60
const MINUTES_PER_HALF_HOUR = 30
export const HALF_HOURS = 48

/** The index of an interval in the arrays, and its start in milliseconds since the epoch. */
export interface Place {
  readonly index: number
  readonly at: number
}

export interface TimelineShape {
  /** How many counts each name has in an interval. Default: 1. */
  readonly width?: number
  /** The length of the timeline, as a multiple of 60 minutes and of 48 half hours. Default: 1. */
  readonly spans?: number
}

export class Timeline {
  /** The start of the timeline, in milliseconds since the epoch. */
  readonly since: number
  readonly #width: number
  readonly #minutes: number
  readonly #halfHours: number
  readonly #columns = new Map<string, Uint32Array>()
  #minute: number

  constructor(since: number, now: number, { width = 1, spans = 1 }: TimelineShape = {}) {
    this.since = since
    this.#width = width
    this.#minutes = MINUTES * spans
    this.#halfHours = HALF_HOURS * spans
    this.#minute = minuteOf(now)
  }

  /**
   * Increments a count in the minute and in the half hour of `now`. `place` is the index of the count among the counts
   * of its name.
   */
  count(name: string, now: number, place = 0): void {
    this.#advance(now)
    const column = this.#columns.get(name) ?? this.#newColumn(name)
    const minute = this.indexOfMinute(this.#minute) * this.#width + place
    const halfHour = this.#indexOfHalfHour(halfHourOf(this.#minute)) * this.#width + place
    column[minute] = (column[minute] as number) + 1
    column[halfHour] = (column[halfHour] as number) + 1
  }

  /** Adds counts of a past minute, given in minutes since the epoch. The minute must not be after the last `now`. */
  add(name: string, minute: number, counts: number, place = 0): void {
    const column = this.#columns.get(name) ?? this.#newColumn(name)
    const addAt = (interval: number): void => {
      const index = interval * this.#width + place
      column[index] = (column[index] as number) + counts
    }
    if (minute > this.#minute - this.#minutes) addAt(this.indexOfMinute(minute))
    if (halfHourOf(minute) > halfHourOf(this.#minute) - this.#halfHours)
      addAt(this.#indexOfHalfHour(halfHourOf(minute)))
  }

  /**
   * Returns the intervals with measurements since `since`, the oldest first. Two timelines of the same length use the
   * same index for the same interval.
   */
  places(
    now: number,
    since = this.since,
  ): { readonly minutes: readonly Place[]; readonly halfHours: readonly Place[] } {
    this.#advance(now)
    const first = minuteOf(since)
    const minutes = range(Math.max(first, this.#minute - this.#minutes + 1), this.#minute)
    const last = halfHourOf(this.#minute)
    const halfHours = range(Math.max(halfHourOf(first), last - this.#halfHours + 1), last)
    return {
      minutes: minutes.map((minute) => ({ index: this.indexOfMinute(minute), at: minute * MINUTE_MS })),
      halfHours: halfHours.map((halfHour) => ({
        index: this.#indexOfHalfHour(halfHour),
        at: halfHour * MINUTES_PER_HALF_HOUR * MINUTE_MS,
      })),
    }
  }

  /** All names that have been counted. */
  get names(): Iterable<string> {
    return this.#columns.keys()
  }

  /** Returns the first count of the name in the interval. */
  at(name: string, index: number): number {
    return this.#columns.get(name)?.[index * this.#width] ?? 0
  }

  /** Returns all counts of the name in the interval. */
  slice(name: string, index: number): Uint32Array {
    const column = this.#columns.get(name) ?? new Uint32Array(0)
    return column.subarray(index * this.#width, (index + 1) * this.#width)
  }

  #newColumn(name: string): Uint32Array {
    const column = new Uint32Array((this.#minutes + this.#halfHours) * this.#width)
    this.#columns.set(name, column)
    return column
  }

  /** Advances to the time `now`, and clears the intervals that have begun since the last call. */
  #advance(now: number): void {
    const minute = minuteOf(now)
    if (minute <= this.#minute) return
    const oldest = Math.max(this.#minute + 1, minute - this.#minutes + 1)
    for (let passed = oldest; passed <= minute; passed++) this.#clear(this.indexOfMinute(passed))
    const last = halfHourOf(minute)
    const first = Math.max(halfHourOf(this.#minute) + 1, last - this.#halfHours + 1)
    for (let passed = first; passed <= last; passed++) this.#clear(this.#indexOfHalfHour(passed))
    this.#minute = minute
  }

  #clear(index: number): void {
    for (const column of this.#columns.values()) column.fill(0, index * this.#width, (index + 1) * this.#width)
  }

  /** Returns the index of one of the last minutes. */
  indexOfMinute(minute: number): number {
    return minute % this.#minutes
  }

  #indexOfHalfHour(halfHour: number): number {
    return this.#minutes + (halfHour % this.#halfHours)
  }
}

/** Converts milliseconds since the epoch to minutes since the epoch. */
export const minuteOf = (milliseconds: number): number => Math.floor(milliseconds / MINUTE_MS)

const halfHourOf = (minute: number): number => Math.floor(minute / MINUTES_PER_HALF_HOUR)

/** Returns true if a report at the time `now` still contains the half hour of the time `then`. */
export const isShown = (then: number, now: number): boolean =>
  halfHourOf(minuteOf(now)) - halfHourOf(minuteOf(then)) < HALF_HOURS

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset)
