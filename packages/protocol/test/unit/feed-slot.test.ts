// The rows of the feed: a written row is read back, and other values are refused.

import { describe, expect, test } from 'vitest'
import { type FeedSlot, readSlotRow, writeSlotRow } from '../../src/feed-slot.ts'

const HASH = 'A'.repeat(43)
const OTHER_HASH = 'B'.repeat(43)

const LIVE: FeedSlot = {
  clientId: 'lkabcdefghijklmn',
  scope: 1,
  generation: 7,
  standing: 'live',
  live: { generation: 7, jtiHash: HASH, expiresAt: 1_800_000_000 },
  previous: undefined,
}
const PREVIOUS = { generation: 6, jtiHash: OTHER_HASH, expiresAt: 1_799_999_000, until: 1_799_998_000 }
const EMPTY = { ...LIVE, live: undefined, standing: 'empty' } as const

describe('a row of the feed', () => {
  test.each<[string, FeedSlot]>([
    ['with a live token', LIVE],
    ['with a predecessor in grace', { ...LIVE, previous: PREVIOUS }],
    ['whose predecessor was revoked: the slot has moved on, its token has not', { ...LIVE, generation: 8 }],
    ['with a predecessor, and a slot that has moved on', { ...LIVE, generation: 8, previous: PREVIOUS }],
    ['whose token was revoked', { ...EMPTY, standing: 'revoked' }],
    ['of a disabled integration', { ...EMPTY, standing: 'integration_disabled' }],
    ['in which there never was a token', { ...EMPTY, generation: 0 }],
  ])('is read back as it was written: %s', (_, slot) => {
    expect(readSlotRow(JSON.parse(JSON.stringify(writeSlotRow(slot))))).toEqual(slot)
  })

  test('has six members if the last two are not needed', () => {
    expect(writeSlotRow(LIVE)).toEqual(['lkabcdefghijklmn', 1, 7, 0, HASH, 1_800_000_000])
    expect(writeSlotRow(EMPTY)).toEqual(['lkabcdefghijklmn', 1, 7, 3, null, 0])
  })
})

describe('a value that is not a row', () => {
  const row: readonly (string | number | null)[] = ['lkabcdefghijklmn', 1, 7, 0, HASH, 1_800_000_000]
  const previous = [6, OTHER_HASH, 1_799_999_000, 1_799_998_000]
  test.each<[string, unknown]>([
    ['an object', {}],
    ['null', null],
    ['too short', row.slice(0, 5)],
    ['too long', [...row, previous, 6, 1]],
    ['a client ID that is a number', [1, ...row.slice(1)]],
    ['a scope below 0', row.with(1, -1)],
    ['a generation in text', row.with(2, '7')],
    ['a generation that no number holds exactly', row.with(2, 2 ** 53)],
    ['a standing that does not exist', row.with(3, 4)],
    ['a standing in between', row.with(3, 0.5)],
    ['a live slot without a token', row.with(4, null)],
    ['a hash that was cut', row.with(4, HASH.slice(1))],
    ['an end that is no number', row.with(5, null)],
    ['a token beside a revocation', row.with(3, 1)],
    ['a predecessor beside a revocation', [...row.with(3, 1).with(4, null), previous]],
    ['a predecessor without a deadline', [...row, previous.slice(0, 3)]],
    ['a predecessor without a hash', [...row, previous.with(1, 1)]],
    ['a token newer than its slot', [...row, null, 8]],
  ])('is refused: %s', (_, value) => {
    expect(readSlotRow(value)).toBeUndefined()
  })
})
