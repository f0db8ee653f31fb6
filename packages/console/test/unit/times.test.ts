// The format of times and numbers.
import { describe, expect, test } from 'vitest'
import { clock, count, duration, exact, moment, plural, relative } from '../../src/components/times.ts'

test.each([
  [0, '0:00'],
  [-5000, '0:00'],
  [999, '0:00'],
  [53_999, '0:53'],
  [3_599_999, '59:59'],
  [3_600_000, '1:00:00'],
  [7_400_000, '2:03:20'],
  [108_000_000, '30:00:00'],
])('a countdown of %i ms never shows more than is left: %s', (ms, text) => {
  expect(clock(ms)).toBe(text)
})

test.each([
  [0, '0 s'],
  [-1, '0 s'],
  [40_400, '40 s'],
  [59_600, '1 min'],
  [61_000, '1 min'],
  [3_600_000, '1 h'],
  [83_400_000, '23 h 10 min'],
  [86_399_600, '1 d'],
  [90_000_000, '1 d 1 h'],
  [30 * 86_400_000, '30 d'],
])('a span of %i ms has at most two units: %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

describe('a moment is shown relative to now', () => {
  const now = Date.parse('2026-01-31T12:00:00Z')
  test.each([
    ['2026-01-31T12:00:00Z', 'just now'],
    ['2026-01-31T11:59:56Z', '4 s ago'],
    ['2026-01-31T12:00:04Z', 'in 4 s'],
    ['2026-01-31T11:59:20Z', '40 s ago'],
    ['2026-01-31T12:00:40Z', 'in 40 s'],
    ['2026-01-31T00:50:00Z', '11 h ago'],
    ['2026-01-28T11:00:00Z', '3 d ago'],
    ['2026-03-02T12:00:00Z', 'in 30 d'],
  ])('%s: %s', (time, text) => {
    expect(relative(time, now)).toBe(text)
  })
})

test.each([
  ['2026-01-31T12:00:00Z', '2026-01-31 12:00:00 UTC'],
  ['2026-01-31T12:00:00.123Z', '2026-01-31 12:00:00 UTC'],
])('the exact time %s of the API is shown in a form that is easier to read', (time, text) => {
  expect(exact(time)).toBe(text)
})

test.each([
  ['2026-01-31T08:05:59Z', '08:05 UTC'],
  ['2026-01-30T23:59:00Z', '30 Jan, 23:59 UTC'],
  ['2025-12-01T00:00:00Z', '1 Dec 2025, 00:00 UTC'],
])('a time is shown with its day if the day is not today: %s is %s', (time, text) => {
  expect(moment(time, Date.parse('2026-01-31T12:00:00Z'))).toBe(text)
})

test('thousands are separated, and the number one has the singular', () => {
  expect(count(1_234_567)).toBe('1\u202f234\u202f567')
  expect(plural(1, 'entry', 'entries')).toBe('1 entry')
  expect(plural(0, 'time')).toBe('0 times')
  expect(plural(2000, 'entry', 'entries')).toBe('2\u202f000 entries')
})
