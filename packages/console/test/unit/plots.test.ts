// The lines of the plots, and the text form of a chart.
import type { ServerInterval } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { sumOf } from '../../src/api/activity-sums.ts'
import { indexAfterKey, momentText, SPANS, valueText } from '../../src/components/chart-text.ts'
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

test('a reason of both kinds of refusals is one line, and one that did not occur is left out', () => {
  const series = refusalSeries([
    interval(0, { refused: { invalid_client: 2, invalid_scope: 0 } }),
    interval(1, { denied: { superseded: 3, invalid_client: 1 } }),
  ])
  expect(series.map(({ label, values }) => [label, values])).toEqual([
    ['invalid_client', [2, 1]],
    ['superseded', [0, 3]],
  ])
})

test('lines of refusals differ in colour or dash, for as many reasons as there are styles', () => {
  const reasons = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, 1]))
  const styles = refusalSeries([interval(0, { refused: reasons })]).map(({ color, dash }) => `${color} ${dash.join()}`)
  expect(new Set(styles).size).toBe(6)
  expect(styles[6]).toBe(styles[0])
})

test('latency has gaps where no token was requested, and no plot if none was at all', () => {
  const measured = interval(1, { token_latency_ms: { p50: 2, p95: 5, p99: 9 } })
  const { latency, times, tokens } = plotsOf([interval(0), measured])
  expect(latency?.map(({ values }) => values)).toEqual([
    [null, 2],
    [null, 5],
    [null, 9],
  ])
  expect(times).toEqual(['2026-01-31T12:00:00Z', '2026-01-31T12:01:00Z'])
  expect(tokens[0]?.values).toEqual([0, 1])
  expect(plotsOf([interval(0)]).latency).toBeUndefined()
  expect(plotsOf([])).toMatchObject({ times: [], refusals: [] })
})

test('refusals are summed over both kinds', () => {
  expect(refusalsOf({ refused: { a: 1, b: 2 }, denied: { a: 4 } })).toBe(7)
  expect(sumOf({})).toBe(0)
})

test('the plot of a day with one half hour in it reached back over an hour only', () => {
  const seconds = [NOON / 1000]
  expect(timeRange(seconds, SPANS.half_hours)).toEqual([NOON / 1000 - 86_400, NOON / 1000])
  expect(timeRange(seconds, SPANS.minutes)).toEqual([NOON / 1000 - 3600, NOON / 1000])
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

test('a missing value is a dash, and the time without an interval is empty', () => {
  expect([valueText(null), valueText(undefined), valueText(0), valueText(1500)]).toEqual(['–', '–', '0', '1\u202f500'])
  expect([momentText('2026-01-31T12:05:59Z'), momentText(undefined)]).toEqual(['01-31 12:05 UTC', ''])
})
