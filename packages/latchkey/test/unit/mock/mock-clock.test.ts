// The clock of a mock server. Advancing the time moves the wall clock and the monotonic clock; setting the wall clock
// moves only the wall clock.
import { expect, test } from 'vitest'
import { MockClock } from '../../../src/mock/mock-clock.ts'
import { TestClock } from '../../a-server.ts'

test('the clock follows the machine until a test sets it', () => {
  const machine = new TestClock(1000)
  const clock = new MockClock(machine)
  machine.advance(5)
  expect([clock.now(), clock.monotonic(), clock.offsetSeconds]).toEqual([1005, 5000, 0])
})

test('passing time moves the wall clock and the monotonic clock', () => {
  const clock = new MockClock(new TestClock(1000))
  clock.advance(60)
  expect([clock.now(), clock.monotonic(), clock.offsetSeconds]).toEqual([1060, 60_000, 60])
  expect(() => {
    clock.advance(-1)
  }).toThrow(RangeError)
})

test('a step moves only the wall clock, forward and back', () => {
  const clock = new MockClock(new TestClock(1000))
  clock.step(-600)
  expect([clock.now(), clock.monotonic(), clock.offsetSeconds]).toEqual([400, 0, -600])
  clock.step(700)
  expect([clock.now(), clock.monotonic(), clock.offsetSeconds]).toEqual([1100, 0, 100])
})
