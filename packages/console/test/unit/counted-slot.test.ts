// The remaining lifetime of a live token, on the clock of this machine.
import { expect, test } from 'vitest'
import { counted, liveTokens, shareLeft } from '../../src/api/counted-slot.ts'
import { queryText } from '../../src/api/query-text.ts'
import { aCountedSlot, aSlot, aToken, NOON } from './a-slot.ts'

test('the remaining time counts from the response, whatever the server clock shows', () => {
  const slot = aSlot({ live: { ...aToken(7), expires_at: '2031-01-01T00:00:00Z', expires_in: 60 } })
  expect(counted(slot, NOON).live?.endsAtMs).toBe(NOON + 60_000)
  expect(counted(aSlot({ live: null }), NOON).live).toBeNull()
})

test.each([
  ['a new one', 0, 1],
  ['one at half of its life', 1800, 0.5],
  ['one that has expired', 3600, 0],
  ['one that expired long ago', 7200, 0],
])('the console computes the remaining share of the lifetime of a token: %s', (_which, passedSeconds, share) => {
  const { live } = aCountedSlot()
  expect(live && shareLeft(live, NOON + passedSeconds * 1000)).toBe(share)
})

test('the remaining share is 0 for a token without a lifetime, and never more than 1', () => {
  const token = { ...aToken(7), endsAtMs: NOON + 9_000_000 }
  expect(shareLeft(token, NOON)).toBe(1)
  expect(shareLeft({ ...token, expires_at: token.issued_at }, NOON)).toBe(0)
})

test('the live tokens are in the order of their expiry, without expired tokens', () => {
  const slots = [
    aCountedSlot({ scope: 'late', live: aToken(1, 60) }),
    aCountedSlot({ scope: 'soon', live: aToken(2, 3000) }),
    aCountedSlot({ scope: 'none', live: null }),
    aCountedSlot({ scope: 'over', live: aToken(3, 3600) }),
  ]
  expect(liveTokens(slots, NOON).map(({ generation }) => generation)).toEqual([2, 1])
  expect(liveTokens(slots, NOON + 601_000).map(({ generation }) => generation)).toEqual([1])
})

test('a query leaves out missing values, and encodes the other values', () => {
  expect(queryText({ search: 'a b&c', limit: 25, status: undefined, scope: '' })).toBe('?search=a+b%26c&limit=25')
  expect(queryText({ cursor: undefined })).toBe('')
})
