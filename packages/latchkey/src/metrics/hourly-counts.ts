// Sums the half hours of a timeline into the counts of each of the last 24 hours.
import type { HourlyCounts } from '../ports/activity-reports.ts'
import { toSeconds } from './steady-time.ts'
import type { Place, Timeline } from './timeline.ts'

const HOUR_MS = 3_600_000
const HOURS = 24

export function hourlyCounts(timeline: Timeline, now: number): HourlyCounts {
  const last = hourOf(now)
  const from = Math.max(hourOf(timeline.since), last - HOURS + 1)
  const places = timeline.places(now).halfHours
  const hours = (isCounted: (name: string) => boolean): readonly number[] => {
    const names = [...timeline.names].filter(isCounted)
    const counts = new Array<number>(last - from + 1).fill(0)
    for (const { at, index } of places) {
      // If the present half hour is the first of its hour, the oldest of 48 half hours belongs to a 25th hour, which is
      // left out.
      const hour = hourOf(at) - from
      if (hour >= 0) counts[hour] = (counts[hour] as number) + sumAt(timeline, names, index)
    }
    return counts
  }
  return {
    since: toSeconds(timeline.since),
    from: toSeconds(from * HOUR_MS),
    issued: hours((name) => name === 'issued'),
    refused: hours((name) => name.startsWith('refused:')),
    denied: hours((name) => name.startsWith('denied:')),
  }
}

const hourOf = (milliseconds: number): number => Math.floor(milliseconds / HOUR_MS)

const sumAt = (timeline: Timeline, names: readonly string[], index: Place['index']): number =>
  names.reduce((sum, name) => sum + timeline.at(name, index), 0)
