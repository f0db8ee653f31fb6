// Describes the change of a number since the previous period.
import { count } from '../../components/times.ts'
import { overviewText as words } from '../../strings/activity.ts'
import type { Range } from '../../components/chart-text.ts'

/** Returns a text such as `+12 % on the hour before`. Undefined if the previous period was not measured. */
export function changeText(now: number, before: number | undefined, range: Range): string | undefined {
  if (before === undefined) return undefined
  const time = words.timeBefore[range]
  if (now === before) return words.unchanged(time)
  if (before === 0) return words.noneBefore(time)
  const percent = Math.round(((now - before) / before) * 100)
  // A change below 1 % must not look like no change, and a huge change is shown as a factor.
  if (percent === 0) return words.change(now > before ? '+<1 %' : '−<1 %', time)
  return words.change(`${percent > 0 ? '+' : '−'}${count(Math.abs(percent))} %`, time)
}
