// The refusals of some intervals as one area for each kind of reason.
import type { Interval } from 'latchkey/admin-api'
import { kindOf, phraseOf, REFUSAL_KINDS, type RefusalKind } from '../strings/refusal-reasons.ts'
import { refusalColour } from './refusal-colours.ts'
import type { Series } from './series.ts'
import { count } from './times.ts'

type Refusals = Pick<Interval, 'refused' | 'denied'>

/** Leaves out a kind that did not occur. The order and the colour of a kind never change. */
export function refusalSeries(intervals: readonly Refusals[]): readonly Series[] {
  const found = Object.keys(REFUSAL_KINDS) as RefusalKind[]
  return found.flatMap((kind) => {
    const values = intervals.map((interval) => sumOfKind(interval, kind))
    if (!values.some((value) => value > 0)) return []
    return [
      {
        ...{ label: REFUSAL_KINDS[kind], color: refusalColour(kind), dash: [], values },
        detail: (from: number, to: number) => reasonsIn(intervals.slice(from, to + 1), kind),
      },
    ]
  })
}

/**
 * Each reason of the kind with its number, the most frequent first. Empty if the only reason says no more than the name
 * of the kind.
 */
function reasonsIn(intervals: readonly Refusals[], kind: RefusalKind): string {
  const sums = new Map<string, number>()
  for (const { refused, denied } of intervals) {
    for (const [reason, times] of [...Object.entries(refused), ...Object.entries(denied)]) {
      if (kindOf(reason) === kind && times > 0) sums.set(reason, (sums.get(reason) ?? 0) + times)
    }
  }
  if (SINGLE.has(kind)) return ''
  const sorted = [...sums].toSorted(([, one], [, other]) => other - one)
  const [only] = sorted
  if (only === undefined) return ''
  if (sorted.length === 1) return phraseOf(only[0])
  return sorted.map(([reason, times]) => `${phraseOf(reason)} ${count(times)}`).join(', ')
}

/** The kinds that have only one reason. Their label names that reason. */
const SINGLE: ReadonlySet<RefusalKind> = new Set(['superseded', 'expired', 'revoked', 'disabled'])

const sumOfKind = ({ refused, denied }: Refusals, kind: RefusalKind): number =>
  [...Object.entries(refused), ...Object.entries(denied)].reduce(
    (sum, [reason, times]) => (kindOf(reason) === kind ? sum + times : sum),
    0,
  )
