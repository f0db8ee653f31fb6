// The counts of the last 24 hours of an integration, in the form that the list draws.
import type { Integration } from 'latchkey/admin-api'

export interface Hour {
  readonly issued: number
  readonly refused: number
}

const HOURS = 24

/** Returns the hours, the oldest first. An hour before the measurement began is undefined. */
export function hoursOf({ issued, refused, denied }: Integration['hourly']): readonly (Hour | undefined)[] {
  const measured = issued.map((count, hour) => ({ issued: count, refused: (refused[hour] ?? 0) + (denied[hour] ?? 0) }))
  return [...new Array<undefined>(Math.max(0, HOURS - measured.length)).fill(undefined), ...measured].slice(-HOURS)
}

export const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

/** True if a request was refused in the current hour or in the hour before. */
export const wasRefusedLately = ({ refused, denied }: Integration['hourly']): boolean =>
  total([...refused.slice(-2), ...denied.slice(-2)]) > 0
