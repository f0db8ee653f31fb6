// The activity documents of the admin API.
import { Type } from 'typebox'
import type { ActivitySummary, ServerSummary } from '../../../operations/read-activity.ts'
import type { ContendedSlot, Counts, Interval, ServerInterval } from '../../../ports/activity-reports.ts'
import { Time, timeView } from '../conventions/times.ts'
import { ContentionView, contentionView } from './contention-view.ts'

const ByReason = Type.Record(Type.String(), Type.Integer())

const counts = {
  issued: Type.Integer({ description: 'New tokens' }),
  shared: Type.Integer({ description: 'Requests that share the new token of a concurrent request' }),
  reused: Type.Integer({ description: 'Requests that got the live token again (stable mode)' }),
  superseded: Type.Integer({ description: 'Live tokens that a newer token has superseded' }),
  superseded_early: Type.Integer({
    description: 'Live tokens that a newer token superseded before half of their life was over',
  }),
  refused: Type.Unsafe<Record<string, number>>({
    ...ByReason,
    description: 'Refusals by reason, at the token, introspection and revocation endpoints',
  }),
  denied: Type.Unsafe<Record<string, number>>({
    ...ByReason,
    description: 'Refusals by reason, at the verify endpoint',
  }),
}

const IntervalView = Type.Object({ at: Time, ...counts })

const ServerIntervalView = Type.Object({
  at: Time,
  ...counts,
  accepted: Type.Integer({ description: 'Verifications that were accepted' }),
  token_latency_ms: Type.Union(
    [Type.Object({ p50: Type.Number(), p95: Type.Number(), p99: Type.Number() }), Type.Null()],
    { description: 'The time that a token request took until it got a token; the error is at most one fifth' },
  ),
})

const Totals = Type.Object(counts)

const common = {
  since: Type.Unsafe<string>({
    ...Time,
    description:
      'The start of the measurement. The interval that contains this time is incomplete, and earlier intervals have no data',
  }),
  restarted_at: Type.Union([Time, Type.Null()], {
    description: 'The time at which this server last started. null if no server used this store before',
  }),
  last_hour: Totals,
  last_24_hours: Totals,
  contended_slots: Type.Integer(),
  contention: Type.Array(ContentionView, { description: 'The contentions now: at most 100, the latest first' }),
}

export const OverviewView = Type.Object({
  ...common,
  incomplete_before: Type.Union([Time, Type.Null()], {
    description:
      'Up to a minute of counts before this time may be missing, because a server ended without writing them',
  }),
  previous_hour: Type.Union([Totals, Type.Null()], {
    description: 'The hour before last_hour. null if only a part of the hour was measured',
  }),
  previous_24_hours: Type.Union([Totals, Type.Null()], {
    description: 'The 24 hours before last_24_hours. null if only a part of this time was measured',
  }),
  minutes: Type.Array(ServerIntervalView, { description: 'The last 60 minutes, the oldest first' }),
  half_hours: Type.Array(ServerIntervalView, { description: 'The last 48 half hours, the oldest first' }),
})

export const IntegrationActivityView = Type.Object({
  integration_id: Type.String(),
  client_id: Type.String(),
  ...common,
  minutes: Type.Array(IntervalView, { description: 'The last 60 minutes, the oldest first' }),
  half_hours: Type.Array(IntervalView, { description: 'The last 48 half hours, the oldest first' }),
})

export const countsView = ({ issued, shared, reused, superseded, supersededEarly, refused, denied }: Counts) => ({
  issued,
  shared,
  reused,
  superseded,
  superseded_early: supersededEarly,
  refused: { ...refused },
  denied: { ...denied },
})

export const intervalView = (interval: Interval) => ({ at: timeView(interval.at), ...countsView(interval) })

export const serverIntervalView = (interval: ServerInterval) => ({
  ...intervalView(interval),
  accepted: interval.accepted,
  token_latency_ms: interval.tokenLatency ?? null,
})

export const summaryView = <I extends Interval>(summary: ActivitySummary<I>) => {
  const { activity, lastHour, lastDay, contended, earlier } = summary
  return {
    since: timeView(activity.since),
    restarted_at: earlier === undefined ? null : timeView(earlier.restartedAt),
    last_hour: countsView(lastHour),
    last_24_hours: countsView(lastDay),
    contended_slots: contended.length,
    contention: lastFirst(contended).slice(0, MOST_CONTENTIONS).map(contentionView),
  }
}

/** These members occur only in the overview of the server. */
export const serverView = ({ earlier, hourBefore, dayBefore }: ServerSummary) => ({
  incomplete_before: earlier?.incompleteBefore === undefined ? null : timeView(earlier.incompleteBefore),
  previous_hour: hourBefore === undefined ? null : countsView(hourBefore),
  previous_24_hours: dayBefore === undefined ? null : countsView(dayBefore),
})

const MOST_CONTENTIONS = 100

const lastFirst = (contended: readonly ContendedSlot[]): readonly ContendedSlot[] =>
  contended.toSorted((one, other) => other.lastSupersession - one.lastSupersession)
