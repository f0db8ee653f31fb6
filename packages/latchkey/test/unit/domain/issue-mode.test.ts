// Which token a request is answered with when one is live already.
import { describe, expect, test } from 'vitest'
import { type IssueMode, REPLACE, tokenToReuse } from '../../../src/domain/issue-mode.ts'
import { markEnded } from '../../../src/domain/slot.ts'
import { aToken, AUDIENCE, LIFETIME, NOW, openSlot, slotAfter } from './a-slot.ts'

const STABLE: IssueMode = { kind: 'stable', renewBeforeSeconds: 300 }

test('the mode replace never hands out the live token', () => {
  expect(tokenToReuse(REPLACE, slotAfter([1]), AUDIENCE, NOW)).toBeUndefined()
})

describe('the mode stable', () => {
  test('hands out the live token while more than the agreed seconds are left', () => {
    expect(tokenToReuse(STABLE, slotAfter([1]), AUDIENCE, NOW + LIFETIME - 301)).toEqual(aToken(1))
  })

  test('wants a new token from the agreed second before the end', () => {
    expect(tokenToReuse(STABLE, slotAfter([1]), AUDIENCE, NOW + LIFETIME - 300)).toBeUndefined()
  })

  test('wants a new token in an empty slot', () => {
    expect(tokenToReuse(STABLE, openSlot(), AUDIENCE, NOW)).toBeUndefined()
  })

  test('wants a new token when the scope has another audience today', () => {
    expect(tokenToReuse(STABLE, slotAfter([1]), 'api://another', NOW)).toBeUndefined()
  })

  test('does not hand out a token that was seen past its end, when the wall clock has stepped back', () => {
    expect(tokenToReuse(STABLE, markEnded(slotAfter([1]), 1), AUDIENCE, NOW)).toBeUndefined()
  })

  test('never hands out the predecessor in grace', () => {
    expect(tokenToReuse(STABLE, slotAfter([1, 2], 300), AUDIENCE, NOW)).toEqual(aToken(2))
  })
})
