// The verdict on a presented token: each reason, and the order of the reasons.
import { describe, expect, test } from 'vitest'
import { close, markEnded, type RecordedToken, revoke, type Slot } from '../../../src/domain/slot.ts'
import { standing } from '../../../src/domain/standing.ts'
import { aToken, AUDIENCE, claimsOf, LIFETIME, NOW, openSlot, slotAfter } from './a-slot.ts'

const judge = (token: RecordedToken, slot: Slot | undefined, now = NOW) =>
  standing(claimsOf(token), slot, AUDIENCE, now)

describe('the live token', () => {
  test('is live until the second before its end', () => {
    expect(judge(aToken(1), slotAfter([1]), NOW + LIFETIME - 1)).toBe('live')
  })

  test('is expired from the second of its end on, without leeway', () => {
    expect(judge(aToken(1), slotAfter([1]), NOW + LIFETIME)).toBe('expired')
  })

  test('stays expired if it was seen as expired and the wall clock is set back', () => {
    expect(judge(aToken(1), markEnded(slotAfter([1]), 1), NOW)).toBe('expired')
  })

  test('does not end when the recorded end of an older token has passed', () => {
    expect(judge(aToken(2), markEnded(slotAfter([1, 2]), 1))).toBe('live')
  })
})

describe('a predecessor', () => {
  test('without grace is superseded at once', () => {
    expect(judge(aToken(1), slotAfter([1, 2]))).toBe('superseded')
  })

  test('in grace is live until the second before the deadline', () => {
    expect(judge(aToken(1), slotAfter([1, 2], 30), NOW + 29)).toBe('live')
    expect(judge(aToken(1), slotAfter([1, 2], 30), NOW + 30)).toBe('superseded')
  })

  test('in grace ends with its own lifetime, also before the deadline', () => {
    const late = supersededLate()
    expect(judge(aToken(1), late, NOW + LIFETIME - 1)).toBe('live')
    expect(judge(aToken(1), late, NOW + LIFETIME)).toBe('expired')
  })

  test('whose grace was seen to have ended stays superseded if the wall clock is set back', () => {
    expect(judge(aToken(1), markEnded(slotAfter([1, 2], 30), 1), NOW)).toBe('superseded')
  })

  test('in grace gets the verdict revoked if it was revoked, and the live token stays live', () => {
    const slot = revoke(slotAfter([1, 2], 30), aToken(1).jti, 3)
    expect(judge(aToken(1), slot)).toBe('revoked')
    expect(judge(aToken(2), slot)).toBe('live')
  })

  test('before the last one is superseded, even while the grace lasts', () => {
    expect(judge(aToken(1), slotAfter([1, 2, 3], 300))).toBe('superseded')
  })
})

const supersededLate = (): Slot => {
  const slot = slotAfter([1])
  return {
    ...slot,
    live: aToken(2, NOW + LIFETIME - 5),
    predecessor: { token: aToken(1), until: NOW + LIFETIME + 25 },
    generation: 2,
  }
}

describe('a correctly signed token that its slot does not record', () => {
  test('is unknown if there is no slot', () => {
    expect(judge(aToken(1), undefined)).toBe('unknown')
  })

  test('is unknown if the slot has no token', () => {
    expect(judge(aToken(1), openSlot())).toBe('unknown')
  })

  test('with generation 0 is unknown, and not revoked', () => {
    expect(judge(aToken(0), slotAfter([1]))).toBe('unknown')
  })

  test('is unknown when its generation is above that of the slot', () => {
    expect(judge(aToken(3), slotAfter([1, 2]))).toBe('unknown')
  })

  test.each([
    ['jti', { jti: aToken(9).jti }],
    ['issue time', { issuedAt: NOW + 1 }],
    ['end', { expiresAt: NOW + 2 * LIFETIME }],
  ])('is unknown when its %s differs from that of the live token', (_what, change) => {
    expect(judge({ ...aToken(2), ...change }, slotAfter([1, 2]))).toBe('unknown')
  })

  test('is unknown when its jti differs from that of the predecessor in grace', () => {
    expect(judge({ ...aToken(1), jti: aToken(9).jti }, slotAfter([1, 2], 30))).toBe('unknown')
  })

  test('is unknown without a slot, also when there is no such scope', () => {
    expect(standing(claimsOf(aToken(1)), undefined, undefined, NOW)).toBe('unknown')
  })
})

describe('if several reasons apply, the verdict is', () => {
  const disabled = close(slotAfter([1, 2]), true, 3)
  const scopeRemoved = close(slotAfter([1, 2]), false, 3)

  test('wrong_audience before unknown', () => {
    expect(judge({ ...aToken(1), audience: 'api://another' }, undefined)).toBe('wrong_audience')
  })

  test('unknown before integration_disabled', () => {
    expect(judge(aToken(9), disabled)).toBe('unknown')
  })

  test('integration_disabled before revoked, superseded and expired', () => {
    expect(judge(aToken(2), disabled)).toBe('integration_disabled')
    expect(judge(aToken(1), disabled, NOW + LIFETIME)).toBe('integration_disabled')
  })

  test('revoked, for a removed scope, before superseded and expired', () => {
    expect(judge(aToken(1), scopeRemoved, NOW + LIFETIME)).toBe('revoked')
  })

  test('revoked, for a scope that no longer exists, before superseded and expired', () => {
    expect(standing(claimsOf(aToken(1)), slotAfter([1, 2]), undefined, NOW + LIFETIME)).toBe('revoked')
    expect(standing(claimsOf(aToken(2)), slotAfter([1, 2]), undefined, NOW)).toBe('revoked')
  })

  test('superseded before expired, also if the grace ended before the lifetime', () => {
    expect(judge(aToken(1), slotAfter([1, 2], 30), NOW + LIFETIME)).toBe('superseded')
  })

  test('revoked before expired', () => {
    expect(judge(aToken(2), revoke(slotAfter([1, 2]), aToken(2).jti, 3), NOW + LIFETIME)).toBe('revoked')
  })

  test('superseded before expired, so that the client reads the shared token instead of renewing', () => {
    expect(judge(aToken(1), slotAfter([1, 2]), NOW + LIFETIME)).toBe('superseded')
  })
})
