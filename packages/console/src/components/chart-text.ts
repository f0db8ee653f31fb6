// The text form of a chart, and its time range.
import { count, exact } from './times.ts'

/** The minutes of the last hour, or the half hours of the last day. */
export type Range = 'minutes' | 'half_hours'

/** In seconds. */
export const SPANS: Readonly<Record<Range, number>> = { minutes: 3600, half_hours: 86_400 }

/** Undefined and null: no measurement. */
export const valueText = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : count(value)

/** Month, day, hour and minute, in UTC. Empty if there is no interval. */
export const momentText = (at: string | undefined): string => (at === undefined ? '' : `${exact(at).slice(5, 16)} UTC`)

/** The index that an arrow key leads to. Undefined for other keys. `shown` is the index now, of `length` intervals. */
export function indexAfterKey(key: string, shown: number, length: number): number | undefined {
  const step = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : undefined
  return step === undefined ? undefined : Math.max(0, Math.min(length - 1, shown + step))
}
