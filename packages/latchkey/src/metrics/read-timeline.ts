// Converts a timeline into a report: each interval with its counts by name.
import type { Counts, Interval, Measured } from '../ports/activity-reports.ts'
import { toSeconds } from './steady-time.ts'
import type { Place, Timeline } from './timeline.ts'

/**
 * Returns the name of the column that counts refusals with this reason. `member` is the member of the report in which
 * they appear.
 */
export const refusedColumn = (member: 'refused' | 'denied', reason: string): string => `${member}:${reason}`

/** Counts by name and by the index of an interval. */
export interface Counted {
  readonly names: Iterable<string>
  at(name: string, index: number): number
}

export const readTimeline = <I extends Interval>(
  timeline: Pick<Timeline, 'since' | 'places'>,
  now: number,
  intervalAt: (place: Place) => I,
): Measured<I> => {
  const { minutes, halfHours } = timeline.places(now)
  return { since: toSeconds(timeline.since), minutes: minutes.map(intervalAt), halfHours: halfHours.map(intervalAt) }
}

export const readInterval = (timeline: Counted, { index, at }: Place): Interval => ({
  at: toSeconds(at),
  ...readCounts(timeline, index),
})

const readCounts = (timeline: Counted, index: number): Counts => ({
  issued: timeline.at('issued', index),
  shared: timeline.at('shared', index),
  reused: timeline.at('reused', index),
  superseded: timeline.at('superseded', index),
  supersededEarly: timeline.at('superseded_early', index),
  refused: byReason(timeline, 'refused:', index),
  denied: byReason(timeline, 'denied:', index),
})

/** Returns the counts of an interval by reason, without reasons that did not occur. */
function byReason(timeline: Counted, prefix: string, index: number): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {}
  for (const name of timeline.names) {
    if (!name.startsWith(prefix)) continue
    const count = timeline.at(name, index)
    if (count > 0) reasons[name.slice(prefix.length)] = count
  }
  return reasons
}
