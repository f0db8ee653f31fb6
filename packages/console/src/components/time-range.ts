// The time range of a plot.

export interface TimeRange {
  /** The length of an interval in seconds. */
  readonly interval: number
  /** The shortest range in seconds. */
  readonly least: number
}

/** In seconds: from the first interval to the end of the last one, and at least the shortest range. */
export function timeRange(seconds: ArrayLike<number>, { interval, least }: TimeRange): [from: number, to: number] {
  const end = (seconds[seconds.length - 1] ?? 0) + interval
  return [Math.min(seconds[0] ?? end, end - least), end]
}
