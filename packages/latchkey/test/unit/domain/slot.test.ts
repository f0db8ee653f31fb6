// The changes of a slot (the state of one client and scope) and of its token.
import { describe, expect, test } from 'vitest'
import { close, empty, markEnded, reopen, revoke, sameToken, supersede } from '../../../src/domain/slot.ts'
import { aToken, claimsOf, NOW, openSlot, slotAfter } from './a-slot.ts'

describe('superseding', () => {
  test('replaces the older token by the newer token', () => {
    const slot = slotAfter([1, 2])
    expect(slot.live).toEqual(aToken(2))
    expect(slot.generation).toBe(2)
    expect(slot.supersededGeneration).toBe(1)
    expect(slot.issuances).toBe(2)
  })

  test('keeps no predecessor without grace', () => {
    expect(slotAfter([1, 2]).predecessor).toBeUndefined()
  })

  test('keeps the predecessor until the deadline with grace', () => {
    expect(slotAfter([1, 2], 30).predecessor).toEqual({ token: aToken(1), until: NOW + 30 })
  })

  test('ends the grace of the older predecessor, so that at most two tokens are accepted', () => {
    const slot = slotAfter([1, 2, 3], 30)
    expect(slot.live?.generation).toBe(3)
    expect(slot.predecessor?.token.generation).toBe(2)
  })

  test('without grace also ends a grace that began before the setting changed', () => {
    expect(supersede(slotAfter([1, 2], 30), aToken(3), 0, NOW).predecessor).toBeUndefined()
  })

  test('an empty slot leaves no predecessor and nothing superseded', () => {
    const slot = supersede(openSlot(), aToken(1), 30, NOW)
    expect(slot.predecessor).toBeUndefined()
    expect(slot.supersededGeneration).toBe(0)
  })

  test('does not change the given slot object', () => {
    const before = slotAfter([1])
    supersede(before, aToken(2), 0, NOW)
    expect(before.live?.generation).toBe(1)
  })
})

describe('revoking', () => {
  test('the live token empties the slot', () => {
    const slot = revoke(slotAfter([1, 2]), aToken(2).jti, 3)
    expect(slot).toMatchObject({ live: undefined, generation: 3, revokedGeneration: 2, open: true })
  })

  test('the live token ends its predecessor in grace with it', () => {
    expect(revoke(slotAfter([1, 2], 30), aToken(2).jti, 3)?.predecessor).toBeUndefined()
  })

  test('the predecessor in grace leaves the live token alone', () => {
    const slot = revoke(slotAfter([1, 2], 30), aToken(1).jti, 3)
    expect(slot).toMatchObject({ live: aToken(2), predecessor: undefined, revokedGeneration: 1, generation: 3 })
  })

  test('a token that was superseded before changes nothing', () => {
    expect(revoke(slotAfter([1, 2]), aToken(1).jti, 3)).toBeUndefined()
  })

  test('in an empty slot changes nothing', () => {
    expect(revoke(openSlot(), aToken(1).jti, 1)).toBeUndefined()
  })
})

describe('emptying and closing', () => {
  test('emptying a slot ends the live token and its predecessor, and the slot stays open', () => {
    const slot = empty(slotAfter([1, 2], 30), 3)
    expect(slot).toMatchObject({ live: undefined, predecessor: undefined, revokedGeneration: 2, open: true })
  })

  test('emptying an empty slot keeps the record of the token that was revoked before', () => {
    expect(empty(empty(slotAfter([1, 2]), 3), 4).revokedGeneration).toBe(2)
  })

  test('a disabled integration keeps its granted scopes', () => {
    expect(close(slotAfter([1]), true, 2)).toMatchObject({ live: undefined, granted: true, open: false })
  })

  test('a removed scope is not granted', () => {
    expect(close(slotAfter([1]), false, 2)).toMatchObject({ live: undefined, granted: false, open: false })
  })

  test('a reopened slot is empty and keeps its generation', () => {
    expect(reopen(close(slotAfter([1, 2]), false, 7))).toMatchObject({
      live: undefined,
      granted: true,
      open: true,
      generation: 7,
      issuances: 2,
    })
  })
})

test('the recorded end of a token never moves back', () => {
  expect(markEnded(markEnded(slotAfter([1, 2]), 2), 1).endedGeneration).toBe(2)
})

describe('a presented token', () => {
  test('is the recorded token if all claims are equal', () => {
    expect(sameToken(aToken(1), claimsOf(aToken(1)))).toBe(true)
  })

  test.each([
    ['jti', { jti: aToken(2).jti }],
    ['generation', { generation: 2 }],
    ['issue time', { issuedAt: NOW - 1 }],
    ['end', { expiresAt: NOW + 86_400 }],
    ['audience', { audience: 'api://another' }],
  ])('is not the recorded token if it has another %s', (_what, change) => {
    expect(sameToken(aToken(1), claimsOf({ ...aToken(1), ...change }))).toBe(false)
  })
})
