// What counts as a difference of two clocks, of which one shows whole seconds and the other answers after a while.
import pino from 'pino'
import { expect, test } from 'vitest'
import { ClockWatch } from '../../../src/server/store-events/clock-watch.ts'

function aClockWatch() {
  const events: unknown[] = []
  const write = (line: string): void => void events.push((JSON.parse(line) as { readonly event: unknown }).event)
  const watch = new ClockWatch(pino({ base: null }, { write }))
  return { watch, events, see: (askedAt: number, answeredAt: number, said: number) => { watch.see({ askedAt, answeredAt, said }) } } // prettier-ignore
}

test('an answer that took long is no sign of a difference, wherever on its way it was given', () => {
  const { watch, events, see } = aClockWatch()
  for (const said of [1000, 1004, 1009.9]) see(1000, 1009, said)
  expect(watch.offsetSeconds).toBe(0)
  expect(events).toEqual([])
})

test('what is beyond the way there and back and the part of a second that is not known is one', () => {
  const { watch, events, see } = aClockWatch()
  see(1000, 1000, 1002.9)
  expect([watch.offsetSeconds, events]).toEqual([2, []])
  see(1000, 1000, 1003.1)
  expect([watch.offsetSeconds, events]).toEqual([3, ['clock.apart']])
  see(1000, 1000, 997.9)
  expect([watch.offsetSeconds, events]).toEqual([-3, ['clock.apart']])
})

test('a difference is over once it is surely gone, and not when an answer took so long that nobody can tell', () => {
  const { events, see } = aClockWatch()
  see(1000, 1000, 1060)
  see(1000, 1120, 1060)
  expect(events).toEqual(['clock.apart'])
  see(1000, 1000, 1000.5)
  expect(events).toEqual(['clock.apart', 'clock.together'])
})

test('a difference that stays at the limit and varies a little is told once', () => {
  const { events, see } = aClockWatch()
  // Each is two seconds and a tenth, or a tenth less than two, asked at the beginning or the end of a second.
  for (const said of [1003.05, 1001.95, 1003.05, 1001.95]) see(1000, 1000, said)
  expect(events).toEqual(['clock.apart'])
})

test('an answer during which this clock was set back says nothing', () => {
  const { watch, events, see } = aClockWatch()
  see(1000, 400, 1000.5)
  expect([watch.offsetSeconds, events]).toEqual([undefined, []])
})
