// All metrics of the server. No client, address or path is a label, so callers cannot increase the number of series.
// Only an owner can increase it, by adding trusted issuers: each is a label, and there are at most 50.
import { REASONS } from '@latchkey/protocol'
import type { EpochSeconds } from '../domain/slot.ts'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { KEY_SOURCE_FAULTS } from '../domain/key-source-fault.ts'
import type { Clock } from '../ports/clock.ts'
import { connectionFamilies } from './connection-families.ts'
import { counter, gauge, gauges, histogram, type MetricFamily, type Sample } from './metric-family.ts'
import type { NamedCounts } from './counters.ts'
import type { ServerActivity } from './server-activity.ts'

/** The values that the server reads at each scrape. */
export interface MeasuredServer {
  readonly activity: ServerActivity
  readonly clock: Clock
  readonly version: string
  /** Resolves to true if the store accepts writes. */
  readonly isStoreUp: () => Promise<boolean>
  /** The state of the feed that guards read. */
  readonly feed: { readonly subscribers: number; readonly lagSeconds: number }
  readonly liveByScope: (now: EpochSeconds) => ReadonlyMap<string, number>
  /** The creation time of the signing key. */
  readonly signingKeySince: () => EpochSeconds
  /**
   * Returns the number of seconds by which the clock of the database is ahead of the clock of the server. Undefined for
   * the embedded store.
   */
  readonly databaseClockOffset: () => number | undefined
  readonly connections: readonly ConnectionCounts[]
  /** The trusted issuers whose keys the server fetches. */
  readonly keySources: () => readonly MeasuredKeySource[]
}

export interface MeasuredKeySource {
  /** The name of the trusted issuer. */
  readonly issuer: string
  readonly fetches: NamedCounts
  /** When the keys in memory were fetched. Undefined if no keys are in memory. */
  readonly fetchedAt: EpochSeconds | undefined
}

export const metricFamilies = (server: MeasuredServer): readonly MetricFamily[] => [
  ...httpFamilies(server.activity),
  ...connectionFamilies(server.connections),
  ...feedFamilies(server),
  ...authenticationFamilies(server.activity),
  ...tokenFamilies(server),
  ...storeFamilies(server),
  ...keyFamilies(server),
  ...keySourceFamilies(server),
  ...processFamilies(server),
]

const httpFamilies = ({ requests }: ServerActivity): readonly MetricFamily[] => [
  histogram(
    'http_server_request_duration_seconds',
    'Durations of requests at the public listener, from their last byte to their answer.',
    () =>
      requests.series().map(({ route, method, status, seconds }) => ({
        labels: { http_request_method: method, http_route: route, http_response_status_code: status },
        histogram: seconds,
      })),
  ),
  gauge('http_server_active_requests', 'Open requests at the public listener.', () => requests.active),
]

const feedFamilies = ({ activity: { events }, feed }: MeasuredServer): readonly MetricFamily[] => [
  gauges('latchkey_event_feed_subscribers', 'Open event streams by kind: admin or guard.', () => [
    { labels: { feed: 'admin' }, value: events.subscribers },
    { labels: { feed: 'guard' }, value: feed.subscribers },
  ]),
  gauges('latchkey_event_lag_seconds', 'How far the slowest open event stream is behind.', () => [
    { labels: { feed: 'admin' }, value: events.lagSeconds },
    { labels: { feed: 'guard' }, value: feed.lagSeconds },
  ]),
]

const authenticationFamilies = ({ counters }: ServerActivity): readonly MetricFamily[] => [
  counter(
    'latchkey_authentications_total',
    'Requests at the token, introspection, revocation and feed endpoints whose client was authenticated.',
    () => Object.entries(counters.authentications).map(([method, value]) => ({ labels: { method }, value })),
  ),
  histogram(
    'latchkey_assertion_verification_seconds',
    'Durations of signature checks of client assertions, including the wait for a turn.',
    () => [...counters.assertionSeconds].map(([alg, seconds]) => ({ labels: { alg }, histogram: seconds })),
  ),
]

const tokenFamilies = ({ activity, clock, liveByScope }: MeasuredServer): readonly MetricFamily[] => {
  const { counters } = activity
  return [
    counter(
      'latchkey_tokens_issued_total',
      'Token requests answered with a token: new, shared with other requests, or the live one again.',
      () => samples(counters.issued, ['issued', 'shared', 'reused'], (result) => ({ result })),
    ),
    counter('latchkey_tokens_superseded_total', 'Live tokens that a newer token superseded.', () => [
      { labels: {}, value: counters.superseded },
    ]),
    histogram('latchkey_token_remaining_seconds', 'Seconds that a superseded token had left.', () => [
      { labels: {}, histogram: counters.remainingSeconds },
    ]),
    counter('latchkey_auth_decisions_total', 'Tokens presented at the verify endpoint, by verdict.', () =>
      samples(counters.decisions, ['accepted', 'token_missing', 'insufficient_scope', ...REASONS], (decision) =>
        decision === 'accepted' ? { result: 'accepted', reason: '' } : { result: 'refused', reason: decision },
      ),
    ),
    counter(
      'latchkey_requests_refused_total',
      'Refused requests at the token, introspection, revocation and feed endpoints.',
      () =>
        samples(counters.refused, [], (name) => {
          const [endpoint = '', reason = ''] = name.split(' ')
          return { endpoint, reason }
        }),
    ),
    gauge('latchkey_live_tokens', 'Tokens that are live now.', () =>
      [...liveByScope(clock.now()).values()].reduce((sum, count) => sum + count, 0),
    ),
    gauge('latchkey_contended_slots', 'Slots in which callers supersede each other.', () => activity.contendedSlots),
  ]
}

const storeFamilies = ({
  activity: { counters },
  isStoreUp,
  databaseClockOffset,
}: MeasuredServer): readonly MetricFamily[] => [
  histogram('db_client_operation_duration_seconds', 'Durations of commits, each with all changes of its batch.', () => [
    { labels: { operation: 'commit' }, histogram: counters.commitSeconds },
  ]),
  counter('latchkey_commits_unanswered_total', 'Commits to PostgreSQL whose answer never came.', () => [
    { labels: {}, value: counters.commitsUnanswered },
  ]),
  gauge('latchkey_store_up', '1 if the store takes writes, else 0.', async () => Number(await isStoreUp())),
  gauges(
    'latchkey_database_clock_offset_seconds',
    "By how many seconds the clock of PostgreSQL is ahead of the server's, or behind if below 0.",
    () => [databaseClockOffset()].flatMap((value) => (value === undefined ? [] : [{ labels: {}, value }])),
  ),
]

const keyFamilies = ({ activity: { counters }, clock, signingKeySince }: MeasuredServer): readonly MetricFamily[] => [
  histogram('latchkey_signing_duration_seconds', 'Durations of signatures, including the wait for a thread.', () => [
    { labels: {}, histogram: counters.signingSeconds },
  ]),
  gauge(
    'latchkey_signing_key_age_seconds',
    'Seconds since the signing key was made.',
    () => clock.now() - signingKeySince(),
  ),
]

const keySourceFamilies = ({ clock, keySources }: MeasuredServer): readonly MetricFamily[] => [
  counter('latchkey_key_source_fetches_total', 'Fetches of the keys of a trusted issuer, by result.', () =>
    keySources().flatMap(({ issuer, fetches }) =>
      samples(fetches, ['good', ...KEY_SOURCE_FAULTS], (result) => ({ issuer, result })),
    ),
  ),
  gauges(
    'latchkey_key_source_age_seconds',
    'Seconds since the keys of a trusted issuer in memory were fetched. No series if there are none.',
    () =>
      keySources().flatMap(({ issuer, fetchedAt }) =>
        fetchedAt === undefined ? [] : [{ labels: { issuer }, value: clock.now() - fetchedAt }],
      ),
  ),
]

const processFamilies = ({ version }: MeasuredServer): readonly MetricFamily[] => [
  gauges('latchkey_build_info', 'Always 1. The labels name the program that runs.', () => [
    {
      labels: {
        version,
        node_version: process.versions.node,
      },
      value: 1,
    },
  ]),
  gauge('process_start_time_seconds', 'When the process started, seconds since the epoch.', () =>
    Math.round(performance.timeOrigin / 1000),
  ),
  gauge('process_resident_memory_bytes', 'Memory that the process holds.', () => process.memoryUsage.rss()),
  counter('process_cpu_seconds_total', 'Processor time, all threads.', () => {
    const { user, system } = process.cpuUsage()
    return [{ labels: {}, value: (user + system) / 1e6 }]
  }),
]

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
