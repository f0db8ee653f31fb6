// The text form of a chart, and its time range.
import { narrower, type Shown, wider, type Zoom } from './chart-zoom.ts'
import type { Series } from './series.ts'
import { count, moment } from './times.ts'
import type { TimeRange } from './time-range.ts'

/** The minutes of the last hour, or the half hours of the last day. */
export type Range = 'minutes' | 'half_hours'

/** A plot of less than ten intervals would show one wide block. */
export const SPANS: Readonly<Record<Range, TimeRange>> = {
  minutes: { interval: 60, least: 600 },
  half_hours: { interval: 1800, least: 18_000 },
}

/** Returns a value as text. Undefined and null mean that there is no measurement. */
export const valueText = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : count(value)

/** Returns the start of an interval as text. Empty if there is no interval. */
export const momentText = (at: string | undefined, now: number): string => (at === undefined ? '' : moment(at, now))

/**
 * Returns the index to select after an arrow key. Undefined for other keys. `shown` is the selected index, `length` the
 * number of intervals.
 */
export function indexAfterKey(key: string, shown: number, length: number): number | undefined {
  const step = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : undefined
  return step === undefined ? undefined : Math.max(0, Math.min(length - 1, shown + step))
}

/** The view of a chart: all times, the shown times, and the selected index. */
export interface View {
  readonly times: readonly string[]
  readonly shown: Shown
  readonly at: number
}

/**
 * Returns the zoom after a key: + shows half of the time, - twice the time, 0 and Escape all of it. `none` for other
 * keys.
 */
export function zoomAfterKey(key: string, { times, shown, at }: View): Zoom | undefined | 'none' {
  switch (key) {
    case '+':
    case '=':
      return narrower(times, shown, at)
    case '-':
      return wider(times, shown)
    case '0':
    case 'Escape':
      return undefined
    default:
      return 'none'
  }
}

/** Returns the sum over the shown intervals. */
export const totalOf = ({ values }: Series, [from, to]: Shown): number =>
  values.slice(from, to + 1).reduce((sum: number, value) => sum + (value ?? 0), 0)

/** True if no interval has a value above 0. */
export const isEmpty = (series: readonly Series[]): boolean =>
  !series.some(({ values }) => values.some((value) => value !== null && value > 0))
