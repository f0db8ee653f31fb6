// The lines of the plots, and the text form of a chart.
import type { ServerInterval } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { sumOf } from '../../src/api/activity-sums.ts'
import { indexAfterKey, isEmpty, momentText, SPANS, valueText } from '../../src/components/chart-text.ts'
import { refusalSeries } from '../../src/components/refusal-series.ts'
import { timeRange } from '../../src/components/time-range.ts'
import { plotsOf, refusalsOf } from '../../src/pages/overview/plots.ts'
import { at, NOON } from './a-slot.ts'

const interval = (minute: number, desired: Partial<ServerInterval> = {}): ServerInterval => ({
  ...{
    at: at(NOON + minute * 60_000),
    issued: minute,
    shared: 0,
    reused: 0,
    superseded: 0,
    superseded_early: 0,
    refused: {},
    denied: {},
  },
  ...{ accepted: 0, token_latency_ms: null },
  ...desired,
})

test('each kind of refusal is one area, and a kind that did not occur is left out', () => {
  const series = refusalSeries([
    interval(0, { refused: { wrong_secret: 2, scope_unknown: 0 } }),
    interval(1, { denied: { superseded: 3 }, refused: { unknown_client: 1 } }),
  ])
  expect(series.map(({ label, values }) => [label, values])).toEqual([
    ['Replaced by a newer token', [0, 3]],
    ['Wrong credentials', [2, 1]],
  ])
  expect(series.map(({ detail }) => detail?.(0, 1))).toEqual([
    '',
    'the client secret is wrong 2, no integration has this client ID 1',
  ])
  expect(series[1]?.detail?.(1, 1)).toBe('no integration has this client ID')
})

test('a reason keeps its colour when another reason appears before it', () => {
  const colourOf = (denied: Readonly<Record<string, number>>) =>
    refusalSeries([interval(0, { denied })]).find(({ label }) => label === 'Expired')?.color
  expect(colourOf({ expired: 1 })).toBe(colourOf({ superseded: 9, malformed: 4, expired: 1 }))
})

test('the latency plot has gaps where no token was requested, and is empty if no token was requested at all', () => {
  const measured = interval(1, { token_latency_ms: { p50: 2, p95: 5, p99: 9 } })
  const { latency, times, tokens } = plotsOf([interval(0), measured])
  expect(latency.map(({ values }) => values)).toEqual([
    [null, 2],
    [null, 5],
    [null, 9],
  ])
  expect(times).toEqual(['2026-01-31T12:00:00Z', '2026-01-31T12:01:00Z'])
  expect(tokens[0]?.values).toEqual([0, 1])
  expect(isEmpty(plotsOf([interval(0)]).latency)).toBe(true)
  expect(isEmpty(latency)).toBe(false)
  expect(plotsOf([])).toMatchObject({ times: [], refusals: [] })
})

test('refused token requests and refused tokens are added up', () => {
  expect(refusalsOf({ refused: { a: 1, b: 2 }, denied: { a: 4 } })).toBe(7)
  expect(sumOf({})).toBe(0)
})

test('a plot begins with the first measurement, and covers at least ten intervals', () => {
  const start = NOON / 1000
  expect(timeRange([start], SPANS.minutes)).toEqual([start - 540, start + 60])
  expect(timeRange([start], SPANS.half_hours)).toEqual([start - 9 * 1800, start + 1800])
  expect(timeRange([start - 1800, start], SPANS.minutes)).toEqual([start - 1800, start + 60])
})

test.each([
  ['ArrowLeft', 5, 4],
  ['ArrowLeft', 0, 0],
  ['ArrowRight', 5, 6],
  ['ArrowRight', 59, 59],
  ['Home', 5, undefined],
])('the key %s leads from interval %i of 60 to %s', (key, shown, index) => {
  expect(indexAfterKey(key, shown, 60)).toBe(index)
})

test('a missing value is shown as a dash, and a missing time as an empty text', () => {
  expect([valueText(null), valueText(undefined), valueText(0), valueText(1500)]).toEqual(['–', '–', '0', '1\u202f500'])
  expect([momentText('2026-01-31T12:05:59Z', NOON), momentText(undefined, NOON)]).toEqual(['12:05 UTC', ''])
})
