// The time range of a plot.
import { expect, test } from 'vitest'
import { timeRange } from '../../src/components/time-range.ts'

const HOUR = { interval: 60, least: 600 }

test('a plot of a single value ends with its interval, and does not reach back over a day', () => {
  expect(timeRange([100_000], HOUR)).toEqual([99_460, 100_060])
})

test('a plot with more values than fit into the shortest range shows all of them', () => {
  expect(timeRange([1000, 5000, 9000], HOUR)).toEqual([1000, 9060])
})

test('a plot without values also has a range', () => {
  expect(timeRange([], HOUR)).toEqual([-540, 60])
})
