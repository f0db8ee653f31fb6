// The shown part of a chart.
import { expect, test } from 'vitest'
import { zoomAfterKey } from '../../src/components/chart-text.ts'
import { narrower, shownOf, wider, zoomOn } from '../../src/components/chart-zoom.ts'
import { stacked } from '../../src/components/stack.ts'
import { at, NOON } from './a-slot.ts'

const TIMES = Array.from({ length: 60 }, (_, minute) => at(NOON + minute * 60_000))

test('a chart shows its whole range until the user drags over a part, in either direction', () => {
  expect(shownOf(TIMES, undefined)).toEqual([0, 59])
  const zoom = zoomOn(TIMES, 30, 10)
  expect(zoom).toEqual({ from: TIMES[10], to: TIMES[30] })
  expect(shownOf(TIMES, zoom)).toEqual([10, 30])
  expect(zoomOn(TIMES, 0, 80)).toBeUndefined()
})

test('a zoomed chart keeps its range while new minutes arrive, and zooms out when the range has left the chart', () => {
  const zoom = zoomOn(TIMES, 2, 10)
  expect(shownOf(TIMES.slice(5), zoom)).toEqual([0, 5])
  expect(shownOf(TIMES.slice(20), zoom)).toEqual([0, 39])
})

test('the keys + and - halve and double the range around the selected minute, and Escape shows the whole range', () => {
  const closer = narrower(TIMES, [0, 59], 40)
  expect(shownOf(TIMES, closer)).toEqual([25, 54])
  expect(zoomAfterKey('+', { times: TIMES, shown: [0, 59], at: 40 })).toEqual(closer)
  expect(shownOf(TIMES, narrower(TIMES, [0, 59], 59))).toEqual([30, 59])
  expect(shownOf(TIMES, narrower(TIMES, [0, 3], 1))).toEqual([0, 3])
  expect(shownOf(TIMES, wider(TIMES, [30, 49]))).toEqual([20, 59])
  expect(wider(TIMES, [10, 54])).toBeUndefined()
  expect(zoomAfterKey('Escape', { times: TIMES, shown: [25, 54], at: 40 })).toBeUndefined()
  expect(zoomAfterKey('a', { times: TIMES, shown: [25, 54], at: 40 })).toBe('none')
})

test('areas are stacked, and a gap counts as zero', () => {
  expect(
    stacked([
      [1, 2],
      [3, null],
      [0, 5],
    ]),
  ).toEqual([
    [1, 2],
    [4, 2],
    [4, 7],
  ])
})
