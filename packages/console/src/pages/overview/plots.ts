// Makes the series of the overview's plots from the measured intervals.
import type { Percentiles, ServerInterval } from 'latchkey/admin-api'
import { sumOf } from '../../api/activity-sums.ts'
import { refusalSeries } from '../../components/refusal-series.ts'
import type { Series } from '../../components/series.ts'
import { overviewText as words } from '../../strings/activity.ts'

export interface Plots {
  readonly times: readonly string[]
  readonly tokens: readonly Series[]
  readonly supersession: readonly Series[]
  readonly refusals: readonly Series[]
  /** Undefined if no token was requested. */
  readonly latency: readonly Series[] | undefined
}

export const PROMQL = {
  issuance: 'sum by (result) (rate(latchkey_tokens_issued_total[5m])) * 60',
  supersession: 'sum(rate(latchkey_tokens_superseded_total[5m])) * 60',
  refusals:
    'sum by (reason) (rate({__name__=~"latchkey_requests_refused_total|latchkey_auth_decisions_total",reason!=""}[5m])) * 60',
  latency:
    'histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{http_route=~".*/token"}[5m])))',
} as const

export function plotsOf(intervals: readonly ServerInterval[]): Plots {
  const values = (number: (interval: ServerInterval) => number | null): (number | null)[] => intervals.map(number)
  const percentile = (name: keyof Percentiles, color: string, dash: readonly number[]): Series => ({
    label: words.percentiles[name],
    color,
    dash,
    values: values(({ token_latency_ms: latency }) => latency?.[name] ?? null),
  })
  return {
    times: intervals.map(({ at }) => at),
    tokens: [
      { label: words.series.issued, color: 'var(--lk-issued)', dash: [], values: values(({ issued }) => issued) },
      { label: words.series.reused, color: 'var(--lk-ok)', dash: [2, 3], values: values(({ reused }) => reused) },
      {
        label: words.series.shared,
        color: 'var(--lk-other)',
        dash: [10, 3, 2, 3],
        values: values(({ shared }) => shared),
      },
    ],
    supersession: [
      {
        label: words.series.superseded,
        color: 'var(--lk-superseded)',
        dash: [8, 4],
        values: values(({ superseded }) => superseded),
      },
    ],
    refusals: refusalSeries(intervals),
    latency: intervals.some(({ token_latency_ms: latency }) => latency !== null)
      ? [
          percentile('p50', 'var(--lk-issued)', []),
          percentile('p95', 'var(--lk-superseded)', [8, 4]),
          percentile('p99', 'var(--lk-danger)', [2, 3]),
        ]
      : undefined,
  }
}

export const refusalsOf = ({ refused, denied }: Pick<ServerInterval, 'refused' | 'denied'>): number =>
  sumOf(refused) + sumOf(denied)
