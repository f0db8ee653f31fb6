// The part of a chart that is shown: all of it, or a time that was chosen by dragging or by keys.

/** The starts of the first and the last shown interval, as in the answer of the API. */
export interface Zoom {
  readonly from: string
  readonly to: string
}

/** Indexes of the first and the last interval. */
export type Shown = readonly [from: number, to: number]

const LEAST = 4

/** Returns the shown intervals: all of them if there is no zoom, or if the zoomed intervals are no longer measured. */
export function shownOf(times: readonly string[], zoom: Zoom | undefined): Shown {
  const all: Shown = [0, times.length - 1]
  if (zoom === undefined) return all
  const inside = times.flatMap((at, index) => (at >= zoom.from && at <= zoom.to ? [index] : []))
  const [from, to] = [inside[0], inside.at(-1)]
  return from === undefined || to === undefined ? all : [from, to]
}

/** Returns the zoom on the intervals from one index to another. Undefined if it would show all of them. */
export function zoomOn(times: readonly string[], one: number, other: number): Zoom | undefined {
  const [first, last] = [Math.max(0, Math.min(one, other)), Math.min(times.length - 1, Math.max(one, other))]
  const [from, to] = [times[first], times[last]]
  if (from === undefined || to === undefined || (first === 0 && last === times.length - 1)) return undefined
  return { from, to }
}

/** Returns a zoom with half as many intervals around the index `at`, but at least four. */
export function narrower(times: readonly string[], [from, to]: Shown, at: number): Zoom | undefined {
  const size = Math.max(LEAST, Math.ceil((to - from + 1) / 2))
  const first = Math.max(from, Math.min(at - Math.floor(size / 2), to - size + 1))
  return zoomOn(times, first, Math.min(to, first + size - 1))
}

/** Returns a zoom with twice as many intervals. Undefined if that is all of them. */
export function wider(times: readonly string[], [from, to]: Shown): Zoom | undefined {
  const more = Math.ceil((to - from + 1) / 2)
  return zoomOn(times, from - more, to + more)
}
