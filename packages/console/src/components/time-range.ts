// The time range of a plot.

/** In seconds: ends at the last value and covers the whole span, also if less was measured. */
export function timeRange(seconds: ArrayLike<number>, span: number): [from: number, to: number] {
  const last = seconds[seconds.length - 1] ?? 0
  return [Math.min(seconds[0] ?? last, last - span), last]
}
