// The alert rules and the dashboard use only metrics that the server has.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { wireError, type WireRefusal } from '../../src/http/wire-error.ts'
import { metricFamilies } from '../../src/metrics/metric-families.ts'
import { bareEndpoints } from '../bare-endpoints.ts'
import { someCounts } from '../some-counts.ts'
import { GROUPS, PLATFORM_GROUPS } from '../wrong-assertions/groups.ts'

const DEPLOY = new URL('../../../../deploy/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, DEPLOY), 'utf8')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

interface Panel {
  readonly id: number
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets: readonly { readonly expr: string }[]
}

const { groups } = parse(read('prometheus/alerts.yml')) as { groups: readonly { readonly rules: readonly Rule[] }[] }
const rules = groups.flatMap(({ rules: inGroup }) => inGroup)
const { panels } = JSON.parse(read('grafana/latchkey.json')) as { panels: readonly Panel[] }

/**
 * Returns the names of all metrics that a scrape can contain, with the series of histograms and with `up`, which
 * Prometheus adds.
 */
async function toldNames(): Promise<ReadonlySet<string>> {
  const { activity, clock } = await bareEndpoints()
  const families = metricFamilies({
    ...{ activity, clock, version: '1.2.3' },
    feed: { subscribers: 0, lagSeconds: 0 },
    isStoreUp: () => Promise.resolve(true),
    liveByScope: () => new Map(),
    signingKeySince: () => clock.now(),
    databaseClockOffset: () => 0,
    connections: [someCounts()],
    keySources: () => [],
  })
  const parts = (name: string) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]
  return new Set(['up', ...families.flatMap(({ name, type }) => (type === 'histogram' ? parts(name) : [name]))])
}

const METRIC = /\b(?:up|(?:latchkey|http|db|process)_[a-z_]+)(?=[{[\s)]|$)/g

/** Returns the metrics that a query names, without the label names in selectors and after `by`. */
const metricsOf = (expr: string): readonly string[] =>
  expr
    .replaceAll(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '{}')
    .replaceAll(/\bby \([^)]*\)/g, '')
    .match(METRIC) ?? []

const queries = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
]

test.each(queries)('%s uses existing metrics', async (_name, expr) => {
  const requested = metricsOf(expr)
  expect(requested).not.toEqual([])
  const reported = await toldNames()
  expect(requested.filter((name) => !reported.has(name))).toEqual([])
})

test.each(queries)('%s has balanced brackets', (_name, expr) => {
  const open: string[] = []
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
  for (const character of expr.replaceAll(/"[^"]*"/g, '')) {
    if ('([{'.includes(character)) open.push(character)
    else if (character in pairs) expect(open.pop()).toBe(pairs[character])
  }
  expect(open).toEqual([])
})

describe('an alert', () => {
  test.each(rules)('$alert has a description, a remedy and a severity', ({ labels, annotations }) => {
    expect(['page', 'ticket']).toContain(labels.severity)
    expect(annotations.summary).toMatch(/^[A-Z].*[^.]$/)
    expect(annotations.description).toMatch(/\.$/)
  })

  test('has a unique name', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  })
})

/** Returns the status of the answer to a refusal. Throws if the server has no such reason. */
const statusOf = (reason: string): number => wireError({ reason, retryAfterSeconds: 1 } as WireRefusal).status

/** Returns the reasons of refusals that a query selects by name. */
const reasonsIn = (expr: string): readonly string[] =>
  [...expr.matchAll(/reason=~?"([a-z_|]+)"/g)].flatMap(([, names = '']) => names.split('|'))

describe('an alert about refused requests', () => {
  const alerting = rules.filter(({ expr }) => expr.includes('latchkey_requests_refused_total'))

  test.each(alerting)('$alert counts only reasons that the server has', ({ expr }) => {
    expect(reasonsIn(expr)).not.toEqual([])
    expect(reasonsIn(expr).map(statusOf)).not.toContain(undefined)
  })

  test('counts each reason for which the server refuses an assertion with 401', () => {
    // The requests of the group `transport` contain valid assertions.
    const groups = [...GROUPS.filter(([name]) => name !== 'transport'), ...PLATFORM_GROUPS]
    const wrong = groups.flatMap(([, cases]) => cases.map(([, reason]) => reason))
    const unauthorized = new Set(wrong.filter((reason) => statusOf(reason) === 401))
    expect(unauthorized.size).toBeGreaterThan(10)
    const counted = rules.find(({ alert }) => alert === 'LatchkeyClientsRefused')?.expr ?? ''
    expect([...unauthorized].filter((reason) => !reasonsIn(counted).includes(reason))).toEqual([])
  })
})

test('the scrape configuration reads the admin listener with a key from a file, and loads the alerts', () => {
  const { rule_files, scrape_configs } = parse(read('prometheus/prometheus.yml')) as Record<string, readonly object[]>
  expect(rule_files).toEqual(['alerts.yml'])
  expect(scrape_configs).toMatchObject([
    {
      job_name: 'latchkey',
      metrics_path: '/metrics',
      authorization: { credentials_file: expect.any(String) as string },
    },
  ])
})

test('every metric is documented', async () => {
  const documented = readFileSync(new URL('../docs/operating.md', DEPLOY), 'utf8')
  const names = [...(await toldNames())].map((name) => name.replace(/_(?:bucket|sum|count)$/, ''))
  expect(names.filter((name) => name !== 'up' && !documented.includes(`\`${name}\``))).toEqual([])
})

test('panels do not overlap, and their ids are unique', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${String(x + (n % w))},${String(y + Math.floor(n / w))}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
})
