// The numbers, the search and the selection of the page of live tokens.
import type { ServerInterval } from 'latchkey/admin-api'
import { expect, test } from 'vitest'
import { flipped, selectedShare } from '../../src/components/selection.ts'
import { lastWholeMinute, liveNumbers, matchesFilter } from '../../src/pages/live-tokens/live-numbers.ts'
import { aCountedSlot, aToken, at, NOON } from './a-slot.ts'

test('live tokens are counted, and so are the tokens that expire within a minute', () => {
  const slots = [3600 - 59, 3600 - 60, 0].map((age, index) => aCountedSlot({ live: aToken(index, age) }))
  expect(liveNumbers(slots, NOON)).toEqual({ live: 3, ending: 1 })
  expect(liveNumbers(slots, NOON + 1000)).toEqual({ live: 3, ending: 2 })
  expect(liveNumbers(slots, NOON + 60_000)).toEqual({ live: 1, ending: 0 })
  expect(liveNumbers([aCountedSlot({ live: null })], NOON)).toEqual({ live: 0, ending: 0 })
})

const minute = (ms: number): ServerInterval => ({
  ...{ at: at(ms), issued: 0, shared: 0, reused: 0, superseded: 0, superseded_early: 0, refused: {}, denied: {} },
  ...{ accepted: 0, token_latency_ms: null },
})

test('the last minute is a complete minute that began after the measurement started', () => {
  const minutes = [minute(NOON), minute(NOON + 60_000)]
  expect(lastWholeMinute(minutes, at(NOON))?.at).toBe(at(NOON))
  expect(lastWholeMinute(minutes, at(NOON + 1000))).toBeUndefined()
  expect(lastWholeMinute([minute(NOON)], at(NOON))).toBeUndefined()
})

test.each(['billing', ' BILLING sync ', 'lk0123', 'predict', ''])('the filter %j finds the token', (filter) => {
  expect(matchesFilter(filter, aCountedSlot())).toBe(true)
})

test('the filter finds no token by its audience', () => {
  expect(matchesFilter('api://', aCountedSlot())).toBe(false)
})

test('selecting a row a second time deselects it', () => {
  const one = flipped(new Set(), 'a')
  expect([...flipped(one, 'b')]).toEqual(['a', 'b'])
  expect([...flipped(one, 'a')]).toEqual([])
  expect([...one]).toEqual(['a'])
})

test.each([
  [[], ['a', 'b'], 'none'],
  [['a'], ['a', 'b'], 'some'],
  [['a', 'b', 'hidden'], ['a', 'b'], 'all'],
  [['hidden'], ['a'], 'none'],
  [[], [], 'none'],
])('with the selection %j, these of the shown rows %j are selected: %s', (selection, keys, share) => {
  expect(selectedShare(new Set(selection), keys)).toBe(share)
})
