// The clock for changes that no other server can undo, when two clocks differ.
import { expect, test } from 'vitest'
import { earlierClock } from '../../../src/server/store-events/earlier-clock.ts'
import { TestClock } from '../../a-server.ts'

test.each([
  ['of the server, if there is no database', undefined, 0],
  ["of the server, if the database's is ahead", 7200, 0],
  ["of the database, if the server's is ahead", -7200, -7200],
])('the clock for changes that no server can undo is the clock %s', (_which, offset, expected) => {
  const clock = new TestClock()
  expect(earlierClock(clock, () => offset).now() - clock.now()).toBe(expected)
})
