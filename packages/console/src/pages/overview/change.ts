// How a number has changed against the time directly before, in words.
import { count } from '../../components/times.ts'
import { overviewText as words } from '../../strings/activity.ts'
import type { Range } from '../../components/chart-text.ts'

/** `+12 % on the hour before`. Undefined if the time before was not measured. */
export function changeText(now: number, before: number | undefined, range: Range): string | undefined {
  if (before === undefined) return undefined
  const time = words.timeBefore[range]
  if (now === before) return words.unchanged(time)
  if (before === 0) return words.noneBefore(time)
  const percent = Math.round(((now - before) / before) * 100)
  // A tiny change is not none, and a huge one is a factor.
  if (percent === 0) return words.change(now > before ? '+<1 %' : '−<1 %', time)
  return words.change(`${percent > 0 ? '+' : '−'}${count(Math.abs(percent))} %`, time)
}
