// The refusals of some intervals as one line for each reason.
import type { Interval } from 'latchkey/admin-api'
import type { Series } from './series.ts'

const STYLES: readonly (readonly [color: string, dash: readonly number[]])[] = [
  ['var(--lk-danger)', []],
  ['var(--lk-superseded)', [8, 4]],
  ['var(--lk-issued)', [2, 3]],
  ['var(--lk-other)', [10, 3, 2, 3]],
  ['var(--lk-danger)', [2, 3]],
  ['var(--lk-superseded)', []],
]

type Refusals = Pick<Interval, 'refused' | 'denied'>

/** Leaves out a reason that did not occur: a line along zero says nothing. */
export function refusalSeries(intervals: readonly Refusals[]): readonly Series[] {
  const valuesOf = (reason: string): readonly number[] =>
    intervals.map(({ refused, denied }) => (refused[reason] ?? 0) + (denied[reason] ?? 0))
  const reasons = new Set(intervals.flatMap(({ refused, denied }) => [...Object.keys(refused), ...Object.keys(denied)]))
  return [...reasons]
    .map((label) => ({ label, values: valuesOf(label) }))
    .filter(({ values }) => values.some((value) => value > 0))
    .map(({ label, values }, index) => {
      const [color, dash] = STYLES[index % STYLES.length] ?? ['var(--lk-other)', []]
      return { label, color, dash, values }
    })
}
