// The metrics that the console reads, the rights of roles, and the state of the event stream.
import { expect, test } from 'vitest'
import { nextConnection } from '../../src/api/connection.ts'
import { metricsOf } from '../../src/api/metrics.ts'
import { includesRole, roleOf } from '../../src/api/role.ts'
import { directionOf, readListSearch, toggled } from '../../src/pages/integrations/list-search.ts'

const COMMITS = 'db_client_operation_duration_seconds'
const bucket = (le: string, count: number) => `${COMMITS}_bucket{operation="commit",le="${le}"} ${count}`

const TEXT = [
  '# HELP latchkey_live_tokens Tokens that are live.',
  '# TYPE latchkey_live_tokens gauge',
  'latchkey_live_tokens 1200',
  'latchkey_contended_slots 2',
  'latchkey_store_up 1',
  'latchkey_signing_key_age_seconds 86400.5',
  ...[bucket('0.001', 50), bucket('0.01', 94), bucket('0.1', 99), bucket('+Inf', 100)],
  `${COMMITS}_count{operation="commit"} 100`,
  '',
].join('\n')

test('the console reads the metrics, and a percentile is the upper bound of its bucket', () => {
  expect(metricsOf(TEXT)).toEqual({
    ...{ liveTokens: 1200, contendedSlots: 2, isStoreUp: true, commits: 100, signingKeyAgeSeconds: 86_400.5 },
    commitMs: { p50: 1, p95: 100, p99: 100 },
  })
})

test('a percentile beyond all buckets is infinite, and undefined without commits', () => {
  const slow = [bucket('0.1', 10), bucket('+Inf', 1000)].join('\n')
  expect(metricsOf(slow).commitMs).toEqual({ p50: Infinity, p95: Infinity, p99: Infinity })
  expect(metricsOf(bucket('+Inf', 0)).commitMs).toBeUndefined()
})

test('a missing metric is undefined, and the store then does not count as working', () => {
  expect(metricsOf('no metric\n{}')).toEqual({
    ...{ liveTokens: 0, contendedSlots: 0, isStoreUp: false, commits: 0 },
    ...{ commitMs: undefined, signingKeyAgeSeconds: undefined },
  })
})

test.each([
  ['viewer', 'viewer', true],
  ['viewer', 'editor', false],
  ['editor', 'viewer', true],
  ['editor', 'owner', false],
  ['owner', 'editor', true],
  [undefined, 'viewer', false],
] as const)('an operator with the role %s may do what needs the role %s: %s', (own, needed, isAllowed) => {
  expect(includesRole(own, needed)).toBe(isAllowed)
})

test('the console uses the role of the operator, or of the admin key that a proxy adds', () => {
  const key = { id: 'adk_1', name: 'Proxy', role: 'editor' } as const
  expect(roleOf({ admin_key: key, idle_timeout_seconds: 60 })).toBe('editor')
  expect([roleOf(null), roleOf(undefined)]).toEqual([undefined, undefined])
})

test('numbers are current while the event stream is open, and after its loss the console keeps the time of its end', () => {
  const start = { state: 'connecting', freshAt: 1 } as const
  const live = nextConnection(start, 'live', 10)
  const lost = nextConnection(live, 'lost', 20)
  expect([live.freshAt, lost.freshAt]).toEqual([10, 20])
  expect(nextConnection(lost, 'connecting', 30).freshAt).toBe(20)
  expect(nextConnection(lost, 'lost', 40)).toBe(lost)
  expect(nextConnection(start, 'lost', 50).freshAt).toBe(1)
})

test('the URL of the integration list keeps known parameters', () => {
  const given = { search: 42, status: 'gone', scope: '', sort: 'size', cursor: 'abc', page: 'x' }
  expect(readListSearch(given)).toEqual({ search: '42', cursor: 'abc', page: 2 })
  expect(readListSearch({ status: 'disabled', sort: '-name', page: 3 })).toEqual({ status: 'disabled', sort: '-name' })
})

test('the first click sorts a column ascending, the second descending, and a click on another column ascending', () => {
  expect([toggled(undefined, 'name'), toggled('name', 'name'), toggled('-name', 'name')]).toEqual([
    'name',
    '-name',
    'name',
  ])
  expect(toggled('-name', 'created')).toBe('created')
  expect([directionOf('name', 'name'), directionOf('-name', 'name'), directionOf('name', 'created')]).toEqual([
    'ascending',
    'descending',
    'none',
  ])
})
