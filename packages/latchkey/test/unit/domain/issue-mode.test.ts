// The token that answers a request when the slot already has a live token.
import { describe, expect, test } from 'vitest'
import { type IssueMode, REPLACE, tokenToReuse } from '../../../src/domain/issue-mode.ts'
import { markEnded } from '../../../src/domain/slot.ts'
import { aToken, AUDIENCE, LIFETIME, NOW, openSlot, slotAfter } from './a-slot.ts'

const STABLE: IssueMode = { kind: 'stable', renewBeforeSeconds: 300 }

test('the mode replace never returns the live token again', () => {
  expect(tokenToReuse(REPLACE, slotAfter([1]), AUDIENCE, NOW)).toBeUndefined()
})

describe('the mode stable', () => {
  test('returns the live token while it has more than the configured seconds left', () => {
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

  test('does not return a token that was seen as expired, even if the wall clock is set back', () => {
    expect(tokenToReuse(STABLE, markEnded(slotAfter([1]), 1), AUDIENCE, NOW)).toBeUndefined()
  })

  test('never returns the predecessor in grace', () => {
    expect(tokenToReuse(STABLE, slotAfter([1, 2], 300), AUDIENCE, NOW)).toEqual(aToken(2))
  })
})
