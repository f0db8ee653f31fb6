// The token that answers a request when the slot already has a live one.
import { describe, expect, test } from 'vitest'
import { type IssueMode, REPLACE, tokenToReuse } from '../../../src/domain/issue-mode.ts'
import { markEnded } from '../../../src/domain/slot.ts'
import { aToken, AUDIENCE, LIFETIME, NOW, openSlot, slotAfter } from './a-slot.ts'

const STABLE: IssueMode = { kind: 'stable', renewBeforeSeconds: 300 }

test('the mode replace never hands out the live token', () => {
  expect(tokenToReuse(REPLACE, slotAfter([1]), AUDIENCE, NOW)).toBeUndefined()
})

describe('the mode stable', () => {
  test('hands out the live token while it has more than the configured seconds left', () => {
    expect(tokenToReuse(STABLE, slotAfter([1]), AUDIENCE, NOW + LIFETIME - 301)).toEqual(aToken(1))
  })

  test('issues a new token from the configured second before expiry on', () => {
    expect(tokenToReuse(STABLE, slotAfter([1]), AUDIENCE, NOW + LIFETIME - 300)).toBeUndefined()
  })

  test('issues a new token in an empty slot', () => {
    expect(tokenToReuse(STABLE, openSlot(), AUDIENCE, NOW)).toBeUndefined()
  })

  test('issues a new token after the audience of the scope changed', () => {
    expect(tokenToReuse(STABLE, slotAfter([1]), 'api://another', NOW)).toBeUndefined()
  })

  test('does not hand out a token that was seen as expired, even after the wall clock steps back', () => {
    expect(tokenToReuse(STABLE, markEnded(slotAfter([1]), 1), AUDIENCE, NOW)).toBeUndefined()
  })

  test('never hands out the predecessor in grace', () => {
    expect(tokenToReuse(STABLE, slotAfter([1, 2], 300), AUDIENCE, NOW)).toEqual(aToken(2))
  })
})
