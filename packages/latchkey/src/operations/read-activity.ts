// Reads the recent activity of the server or of an integration.
import { accept, type Result } from '@latchkey/protocol'
import type { EpochSeconds } from '../domain/slot.ts'
import type {
  ActivityReports,
  ContendedSlot,
  Counts,
  EarlierRun,
  Interval,
  Measured,
  ServerInterval,
} from '../ports/activity-reports.ts'
import type { Integrations, IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import { findIntegration } from './find-integration.ts'

export interface ReadActivityPorts {
  readonly reports: ActivityReports
  readonly integrations: Integrations
}

export interface ActivitySummary<I extends Interval> {
  /** The intervals that end after the requested time. */
  readonly activity: Measured<I>
  /** The sums of the last 60 minutes, including the present minute. */
  readonly lastHour: Counts
  /** The sums of the last 48 half hours, including the present half hour. */
  readonly lastDay: Counts
  readonly contended: readonly ContendedSlot[]
  /** What the server knows about earlier runs of servers on the store. Undefined if the present run is the first. */
  readonly earlier: EarlierRun | undefined
}

export interface ServerSummary extends ActivitySummary<ServerInterval> {
  /**
   * The sums of the hour before `lastHour` and of the day before `lastDay`. Undefined if a part of that time was not
   * measured.
   */
  readonly hourBefore: Counts | undefined
  readonly dayBefore: Counts | undefined
}

export function readServerActivity(
  { reports }: Pick<ReadActivityPorts, 'reports'>,
  from: EpochSeconds | undefined,
): ServerSummary {
  const report = reports.server()
  const { minutesBefore, halfHoursBefore } = report
  return {
    ...summary(report, from),
    hourBefore: minutesBefore && sumOf(minutesBefore),
    dayBefore: halfHoursBefore && sumOf(halfHoursBefore),
  }
}

/** Reads the activity of the integration with this id or client ID. Throws `StoreUnavailable`. */
export async function readIntegrationActivity(
  ports: ReadActivityPorts,
  idOrClientId: string,
  from: EpochSeconds | undefined,
): Promise<Result<ActivitySummary<Interval> & { readonly integration: IntegrationSummary }, UnknownIntegration>> {
  const found = await findIntegration(ports, idOrClientId)
  if (!found.ok) return found
  const report = ports.reports.integration(found.value.state.integration.clientId)
  return accept({ ...summary(report, from), integration: found.value })
}

function summary<I extends Interval>(
  { activity, contended, earlier }: Omit<ActivitySummary<I>, 'lastHour' | 'lastDay'>,
  from: EpochSeconds | undefined,
): ActivitySummary<I> {
  const { minutes, halfHours } = activity
  return { activity: onlyFrom(activity, from), lastHour: sumOf(minutes), lastDay: sumOf(halfHours), contended, earlier }
}

function onlyFrom<I extends Interval>(measured: Measured<I>, from: EpochSeconds | undefined): Measured<I> {
  if (from === undefined) return measured
  const { since, minutes, halfHours } = measured
  return {
    since,
    minutes: minutes.filter(({ at }) => at + 60 > from),
    halfHours: halfHours.filter(({ at }) => at + 1800 > from),
  }
}

const sumOf = (intervals: readonly Counts[]): Counts => ({
  issued: intervals.reduce((sum, { issued }) => sum + issued, 0),
  shared: intervals.reduce((sum, { shared }) => sum + shared, 0),
  reused: intervals.reduce((sum, { reused }) => sum + reused, 0),
  superseded: intervals.reduce((sum, { superseded }) => sum + superseded, 0),
  supersededEarly: intervals.reduce((sum, { supersededEarly }) => sum + supersededEarly, 0),
  refused: sumByReason(intervals.map(({ refused }) => refused)),
  denied: sumByReason(intervals.map(({ denied }) => denied)),
})

function sumByReason(parts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const part of parts) {
    for (const [reason, count] of Object.entries(part)) sums[reason] = (sums[reason] ?? 0) + count
  }
  return sums
}
