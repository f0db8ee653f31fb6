// The metrics of the gateway: requests by route, token decisions by reason, failures of upstreams, and the state of the
// guard.
import type { Guard, GuardEvent } from '@latchkey/guard'
import { REASONS } from '@latchkey/protocol'
import { connectionFamilies } from '../metrics/connection-families.ts'
import { NamedCounts } from '../metrics/counters.ts'
import { counter, gauge, gauges, histogram, type MetricFamily, type Sample } from '../metrics/metric-family.ts'
import { prometheusMeasurements } from '../metrics/prometheus.ts'
import { RequestMeters } from '../metrics/request-meters.ts'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import type { RouteMeter } from '../ports/activity.ts'
import type { Measurements } from '../ports/measurements.ts'
import { systemClock } from '../system.ts'
import { VERSION } from '../version.ts'

const REFUSALS = ['token_missing', 'insufficient_scope', 'temporarily_unavailable', ...REASONS]

/**
 * Collects the metrics. No client, address or path is a label, so that callers cannot increase the number of series.
 */
export class GatewayMetrics {
  readonly #meters = new RequestMeters(systemClock)
  readonly #routes = new Map<string, RouteMeter>()
  readonly #decisions = new NamedCounts()
  readonly #questions = new NamedCounts()
  readonly #failures = new NamedCounts()

  /** Returns the meter of a route. Routes may be labels, because only the configuration defines routes. */
  route(route: string): RouteMeter {
    const known = this.#routes.get(route)
    if (known !== undefined) return known
    const made = this.#meters.route(route)
    this.#routes.set(route, made)
    return made
  }

  guardTold(event: GuardEvent): void {
    if (event.type === 'decision') this.#decisions.add(event.outcome)
    else if (event.type === 'introspection') this.#questions.add(event.outcome)
  }

  upstreamFailed(api: string, code: string): void {
    this.#failures.add(JSON.stringify([api, code]))
  }

  get active(): number {
    return this.#meters.active
  }

  measurements(guard: Guard, connections: readonly ConnectionCounts[]): Measurements {
    return prometheusMeasurements([...this.#families(guard), ...connectionFamilies(connections)])
  }

  #families(guard: Guard): readonly MetricFamily[] {
    return [
      histogram(
        'http_server_request_duration_seconds',
        'Time from the head of a request to the last byte of its answer.',
        () =>
          this.#meters.series().map(({ route, method, status, seconds }) => ({
            labels: { http_request_method: method, http_route: route, http_response_status_code: status },
            histogram: seconds,
          })),
      ),
      gauge('http_server_active_requests', 'Requests that are being answered.', () => this.active),
      counter('latchkey_auth_decisions_total', 'Requests judged, by verdict.', () =>
        samples(this.#decisions, ['accepted', ...REFUSALS], (decision) =>
          decision === 'accepted' ? { result: 'accepted', reason: '' } : { result: 'refused', reason: decision },
        ),
      ),
      counter('latchkey_guard_introspections_total', 'Introspection requests to the authorization server.', () =>
        samples(this.#questions, ['active', 'inactive', 'failed'], (result) => ({ result })),
      ),
      gauge('latchkey_guard_ready', '1 while the guard judges tokens locally, else 0.', () =>
        Number(guard.status().isReady),
      ),
      ...feedFamilies(guard),
      counter('latchkey_upstream_failures_total', 'Failed requests to upstreams.', () =>
        samples(this.#failures, [], (name) => {
          const [api = '', code = ''] = JSON.parse(name) as string[]
          return { api, code }
        }),
      ),
      gauges('latchkey_build_info', 'Always 1. The labels name the program that runs.', () => [
        {
          labels: {
            version: VERSION,
            node_version: process.versions.node,
          },
          value: 1,
        },
      ]),
      gauge('process_start_time_seconds', 'When the process started, seconds since the epoch.', () =>
        Math.round(performance.timeOrigin / 1000),
      ),
      gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss()),
    ]
  }
}

/**
 * Returns the metrics of the guard's feed. Their values are missing if the guard has no feed, and until the feed has
 * delivered its first snapshot.
 */
function feedFamilies(guard: Guard): readonly MetricFamily[] {
  const known = (value: number | undefined): readonly Sample[] => (value === undefined ? [] : [{ labels: {}, value }])
  return [
    {
      name: 'latchkey_guard_feed_age_seconds',
      help: 'The gateway knows every revocation and replacement that was acknowledged longer ago than this.',
      type: 'gauge',
      read: () => known(guard.status().feed?.ageSeconds),
    },
    {
      name: 'latchkey_guard_slots',
      help: 'Clients and scopes in the table of live tokens.',
      type: 'gauge',
      read: () => known(guard.status().feed?.slots),
    },
  ]
}

/**
 * Returns one series for each name that was counted or is known in advance. If a series began only with its first
 * event, monitoring systems would not see that event as an increase.
 */
function samples(
  counts: NamedCounts,
  known: readonly string[],
  labels: (name: string) => Sample['labels'],
): readonly Sample[] {
  const all = new Map([...known.map((name) => [name, 0] as const), ...counts.entries()])
  return [...all].map(([name, value]) => ({ labels: labels(name), value }))
}
