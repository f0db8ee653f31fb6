// Counts for each of the last 60 minutes and 48 half hours, in arrays that are overwritten in turn.

const MINUTE_MS = 60_000
const MINUTES = 60
const MINUTES_PER_HALF_HOUR = 30
const HALF_HOURS = 48

/** The index of an interval in the arrays, and its start in milliseconds since the epoch. */
export interface Place {
  readonly index: number
  readonly at: number
}

export class Timeline {
  /** Milliseconds since the epoch. */
  readonly since: number
  /** The number of counts in an interval. */
  readonly #width: number
  readonly #columns = new Map<string, Uint32Array>()
  #minute: number

  constructor(since: number, now: number, width = 1) {
    this.since = since
    this.#width = width
    this.#minute = Math.floor(now / MINUTE_MS)
  }

  /** Counts one more in the minute and the half hour of `now`; `place` is within the interval's numbers. */
  count(name: string, now: number, place = 0): void {
    this.#advance(now)
    const column = this.#columns.get(name) ?? this.#newColumn(name)
    const minute = indexOfMinute(this.#minute) * this.#width + place
    const halfHour = indexOfHalfHour(halfHourOf(this.#minute)) * this.#width + place
    column[minute] = (column[minute] as number) + 1
    column[halfHour] = (column[halfHour] as number) + 1
  }

  /** Returns the intervals that were measured in part or whole, the oldest first. */
  places(now: number): { readonly minutes: readonly Place[]; readonly halfHours: readonly Place[] } {
    this.#advance(now)
    const first = Math.floor(this.since / MINUTE_MS)
    const minutes = range(Math.max(first, this.#minute - MINUTES + 1), this.#minute)
    const last = halfHourOf(this.#minute)
    const halfHours = range(Math.max(halfHourOf(first), last - HALF_HOURS + 1), last)
    return {
      minutes: minutes.map((minute) => ({ index: indexOfMinute(minute), at: minute * MINUTE_MS })),
      halfHours: halfHours.map((halfHour) => ({
        index: indexOfHalfHour(halfHour),
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
    const column = new Uint32Array((MINUTES + HALF_HOURS) * this.#width)
    this.#columns.set(name, column)
    return column
  }

  /** Clears the intervals that begin now. */
  #advance(now: number): void {
    const minute = Math.floor(now / MINUTE_MS)
    if (minute <= this.#minute) return
    const oldest = Math.max(this.#minute + 1, minute - MINUTES + 1)
    for (let passed = oldest; passed <= minute; passed++) this.#clear(indexOfMinute(passed))
    const last = halfHourOf(minute)
    const first = Math.max(halfHourOf(this.#minute) + 1, last - HALF_HOURS + 1)
    for (let passed = first; passed <= last; passed++) this.#clear(indexOfHalfHour(passed))
    this.#minute = minute
  }

  #clear(index: number): void {
    for (const column of this.#columns.values()) column.fill(0, index * this.#width, (index + 1) * this.#width)
  }
}

const indexOfMinute = (minute: number): number => minute % MINUTES
const indexOfHalfHour = (halfHour: number): number => MINUTES + (halfHour % HALF_HOURS)

const halfHourOf = (minute: number): number => Math.floor(minute / MINUTES_PER_HALF_HOUR)

/** True if a reader at `now` still sees the interval in which `then` was counted. */
export const isShown = (then: number, now: number): boolean =>
  halfHourOf(Math.floor(now / MINUTE_MS)) - halfHourOf(Math.floor(then / MINUTE_MS)) < HALF_HOURS

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset)
