// From when to when a plot reaches.

/** In seconds: to the last value, and from there back over the whole span, also where less was measured. */
export function timeRange(seconds: ArrayLike<number>, span: number): [from: number, to: number] {
  const last = seconds[seconds.length - 1] ?? 0
  return [Math.min(seconds[0] ?? last, last - span), last]
}
