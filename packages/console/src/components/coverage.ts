// The time at which the server began to count the numbers of a page, if that is later than the start of the period that
// the page names.
import { moment } from './times.ts'

export interface Measured {
  /** RFC 3339: the start of the measurement. */
  readonly since: string
  /** The last start of the server, if it is not the first one. */
  readonly restarted_at: string | null
}

const SPAN_MS = { minutes: 3_600_000, half_hours: 86_400_000 } as const
/** The lengths of the intervals: the first shown interval may have begun before the shown hour or day. */
const INTERVAL_MS = { minutes: 60_000, half_hours: 1_800_000 } as const

/** Returns a text such as `since 13:04 UTC (restart)`. Undefined if the numbers cover the whole period. */
export function sinceText(
  { since, restarted_at: restartedAt }: Measured,
  range: keyof typeof SPAN_MS,
  now: number,
): string | undefined {
  if (Date.parse(since) <= now - SPAN_MS[range] + INTERVAL_MS[range]) return undefined
  return `since ${moment(since, now)}${since === restartedAt ? ' (restart)' : ''}`
}
