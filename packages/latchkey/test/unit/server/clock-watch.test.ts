// The watch detects that two clocks differ, although one of them shows whole seconds and answers with a delay.
import pino from 'pino'
import { expect, test } from 'vitest'
import { ClockWatch } from '../../../src/server/store-events/clock-watch.ts'

function aClockWatch() {
  const events: unknown[] = []
  const write = (line: string): void => void events.push((JSON.parse(line) as { readonly event: unknown }).event)
  const watch = new ClockWatch(pino({ base: null }, { write }))
  return {
    watch,
    events,
    see: (askedAt: number, answeredAt: number, said: number) => {
      watch.see({ askedAt, answeredAt, said })
    },
  }
}

test('a slow answer alone is not reported as a clock difference', () => {
  const { watch, events, see } = aClockWatch()
  for (const said of [1000, 1004, 1009.9]) see(1000, 1009, said)
  expect(watch.offsetSeconds).toBe(0)
  expect(events).toEqual([])
})

test('an offset above the round trip and the unknown fraction of a second is reported as a clock difference', () => {
  const { watch, events, see } = aClockWatch()
  see(1000, 1000, 1002.9)
  expect([watch.offsetSeconds, events]).toEqual([2, []])
  see(1000, 1000, 1003.1)
  expect([watch.offsetSeconds, events]).toEqual([3, ['clock.apart']])
  see(1000, 1000, 997.9)
  expect([watch.offsetSeconds, events]).toEqual([-3, ['clock.apart']])
})

test('a clock difference is reported as ended once it is certainly gone, which a slow answer cannot show', () => {
  const { events, see } = aClockWatch()
  see(1000, 1000, 1060)
  see(1000, 1120, 1060)
  expect(events).toEqual(['clock.apart'])
  see(1000, 1000, 1000.5)
  expect(events).toEqual(['clock.apart', 'clock.together'])
})

test('a clock difference that varies around the limit is reported once', () => {
  const { events, see } = aClockWatch()
  // Each difference is 2.1 or 1.9 seconds, measured at the beginning or at the end of a second.
  for (const said of [1003.05, 1001.95, 1003.05, 1001.95]) see(1000, 1000, said)
  expect(events).toEqual(['clock.apart'])
})

test("an answer during which the server's own clock was set back is ignored", () => {
  const { watch, events, see } = aClockWatch()
  see(1000, 400, 1000.5)
  expect([watch.offsetSeconds, events]).toEqual([undefined, []])
})
