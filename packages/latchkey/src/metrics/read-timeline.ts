// Turns a timeline into a report: each interval with its counts by name.
import type { Counts, Interval, Measured } from '../ports/activity-reports.ts'
import { toSeconds } from './steady-time.ts'
import type { Place, Timeline } from './timeline.ts'

/** The columns of refusals are named by their member in the report and the reason. */
export const refusedColumn = (member: 'refused' | 'denied', reason: string): string => `${member}:${reason}`

export const readTimeline = <I extends Interval>(
  timeline: Timeline,
  now: number,
  intervalAt: (place: Place) => I,
): Measured<I> => {
  const { minutes, halfHours } = timeline.places(now)
  return { since: toSeconds(timeline.since), minutes: minutes.map(intervalAt), halfHours: halfHours.map(intervalAt) }
}

export const readInterval = (timeline: Timeline, { index, at }: Place): Interval => ({
  at: toSeconds(at),
  ...readCounts(timeline, index),
})

const readCounts = (timeline: Timeline, index: number): Counts => ({
  issued: timeline.at('issued', index),
  shared: timeline.at('shared', index),
  reused: timeline.at('reused', index),
  superseded: timeline.at('superseded', index),
  refused: byReason(timeline, 'refused:', index),
  denied: byReason(timeline, 'denied:', index),
})

/** Only reasons that occurred. */
function byReason(timeline: Timeline, prefix: string, index: number): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {}
  for (const name of timeline.names) {
    if (!name.startsWith(prefix)) continue
    const count = timeline.at(name, index)
    if (count > 0) reasons[name.slice(prefix.length)] = count
  }
  return reasons
}
