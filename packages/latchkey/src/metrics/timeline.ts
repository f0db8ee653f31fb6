// Counts for each of the last minutes and half hours, in arrays that are overwritten in turn.

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
  /** The number of counts in an interval. */
  readonly width?: number
  /** The timeline holds this many times 60 minutes, and this many times 48 half hours. */
  readonly spans?: number
}

export class Timeline {
  /** Milliseconds since the epoch. */
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
   * Adds one to a count in the minute and in the half hour of `now`. `place` is the number of the count within the
   * interval.
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
   * Returns the intervals that were measured in part or whole since `since`, the oldest first. Two timelines have the
   * same indexes at the same time.
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

  /** The names that were ever counted. */
  get names(): Iterable<string> {
    return this.#columns.keys()
  }

  /** Returns the first count of the interval. */
  at(name: string, index: number): number {
    return this.#columns.get(name)?.[index * this.#width] ?? 0
  }

  /** Returns all counts of the interval. */
  slice(name: string, index: number): Uint32Array {
    const column = this.#columns.get(name) ?? new Uint32Array(0)
    return column.subarray(index * this.#width, (index + 1) * this.#width)
  }

  #newColumn(name: string): Uint32Array {
    const column = new Uint32Array((this.#minutes + this.#halfHours) * this.#width)
    this.#columns.set(name, column)
    return column
  }

  /** Clears the intervals that begin now. */
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

  /** The index of one of the last minutes. */
  indexOfMinute(minute: number): number {
    return minute % this.#minutes
  }

  #indexOfHalfHour(halfHour: number): number {
    return this.#minutes + (halfHour % this.#halfHours)
  }
}

/** Minutes since the epoch. */
export const minuteOf = (milliseconds: number): number => Math.floor(milliseconds / MINUTE_MS)

const halfHourOf = (minute: number): number => Math.floor(minute / MINUTES_PER_HALF_HOUR)

/** True if a reader at `now` still sees the interval of the moment `then`. */
export const isShown = (then: number, now: number): boolean =>
  halfHourOf(minuteOf(now)) - halfHourOf(minuteOf(then)) < HALF_HOURS

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset)
