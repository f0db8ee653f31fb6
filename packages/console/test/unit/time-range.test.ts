// The time range of a plot.
import { expect, test } from 'vitest'
import { timeRange } from '../../src/components/time-range.ts'

const HOUR = 3600

test('a plot of a single value ends with it and reaches back over its span, and not over a day', () => {
  expect(timeRange([100_000], HOUR)).toEqual([100_000 - HOUR, 100_000])
})

test('a plot of more values than its span has room for shows all of them', () => {
  expect(timeRange([1000, 5000, 9000], HOUR)).toEqual([1000, 9000])
})

test('a plot without values also has a range', () => {
  expect(timeRange([], HOUR)).toEqual([-HOUR, 0])
})
