// Makes the series of the overview's plots from the measured intervals.
import type { Percentiles, ServerInterval } from 'latchkey/admin-api'
import { sumOf } from '../../api/activity-sums.ts'
import { issuanceSeries } from '../../components/issuance-series.ts'
import { refusalSeries } from '../../components/refusal-series.ts'
import type { Series } from '../../components/series.ts'
import { overviewText as words } from '../../strings/activity.ts'

export interface Plots {
  readonly times: readonly string[]
  readonly tokens: readonly Series[]
  /**
   * Tokens that were replaced in the first half of their life. Nearly every new token replaces another, so a plot of
   * all replaced tokens would repeat the plot of the new ones.
   */
  readonly early: readonly Series[]
  readonly refusals: readonly Series[]
  readonly latency: readonly Series[]
}

export const PROMQL = {
  issuance: 'sum by (result) (rate(latchkey_tokens_issued_total[5m])) * 60',
  // The median of the seconds that a superseded token had left.
  early: 'histogram_quantile(0.5, sum by (le) (rate(latchkey_token_remaining_seconds_bucket[5m])))',
  refusals:
    'sum by (reason) (rate({__name__=~"latchkey_requests_refused_total|latchkey_auth_decisions_total",reason!=""}[5m])) * 60',
  latency:
    'histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{http_route=~".*/token"}[5m])))',
} as const

export function plotsOf(intervals: readonly ServerInterval[]): Plots {
  const percentile = (name: keyof Percentiles, color: string, dash: readonly number[]): Series => ({
    label: words.percentiles[name],
    color,
    dash,
    values: intervals.map(({ token_latency_ms: latency }) => latency?.[name] ?? null),
  })
  return {
    times: intervals.map(({ at }) => at),
    tokens: issuanceSeries(intervals),
    early: [
      {
        label: words.series.early,
        color: 'var(--lk-superseded)',
        dash: [],
        values: intervals.map(({ superseded_early: early }) => early),
      },
    ],
    refusals: refusalSeries(intervals),
    latency: [
      percentile('p50', 'var(--lk-issued)', []),
      percentile('p95', 'var(--lk-superseded)', [8, 4]),
      percentile('p99', 'var(--lk-danger)', [2, 3]),
    ],
  }
}

export const refusalsOf = ({ refused, denied }: Pick<ServerInterval, 'refused' | 'denied'>): number =>
  sumOf(refused) + sumOf(denied)
