// Decides whether a request gets a new token or the token that is live already.
import { describe, expect, test } from 'vitest'
import { type IssueMode, REPLACE, type ReuseCircumstances, tokenToReuse } from '../../../src/domain/issue-mode.ts'
import { markEnded } from '../../../src/domain/slot.ts'
import { aToken, AUDIENCE, LIFETIME, NOW, openSlot, slotAfter } from './a-slot.ts'

const STABLE: IssueMode = { kind: 'stable', renewBeforeSeconds: 300 }

const asked = (mode: IssueMode, of: Partial<ReuseCircumstances> = {}): ReuseCircumstances => ({
  ...{ mode, replaces: undefined, audience: AUDIENCE, now: NOW },
  ...of,
})

test('the mode replace never returns the live token again', () => {
  expect(tokenToReuse(slotAfter([1]), asked(REPLACE))).toBeUndefined()
})

describe('the mode stable', () => {
  test('returns the live token while it has more than the configured seconds left', () => {
    expect(tokenToReuse(slotAfter([1]), asked(STABLE, { now: NOW + LIFETIME - 301 }))).toEqual(aToken(1))
  })

  test('issues a new token from the configured second before expiry on', () => {
    expect(tokenToReuse(slotAfter([1]), asked(STABLE, { now: NOW + LIFETIME - 300 }))).toBeUndefined()
  })

  test('issues a new token in an empty slot', () => {
    expect(tokenToReuse(openSlot(), asked(STABLE))).toBeUndefined()
  })

  test('issues a new token after the audience of the scope changed', () => {
    expect(tokenToReuse(slotAfter([1]), asked(STABLE, { audience: 'api://another' }))).toBeUndefined()
  })

  test('does not return a token that was seen as expired, even if the wall clock is set back', () => {
    expect(tokenToReuse(markEnded(slotAfter([1]), 1), asked(STABLE))).toBeUndefined()
  })

  test('never returns the predecessor in grace', () => {
    expect(tokenToReuse(slotAfter([1, 2], 300), asked(STABLE))).toEqual(aToken(2))
  })
})

describe.each([
  ['replace', REPLACE, 30],
  ['stable', STABLE, 300],
])('in the mode %s a conditional request', (_name, mode, margin) => {
  test('gets a new token if it names the live one', () => {
    expect(tokenToReuse(slotAfter([1, 2]), asked(mode, { replaces: 2 }))).toBeUndefined()
  })

  test.each([
    ['no token', 0],
    ['the token before the live one', 1],
    ['a generation that the slot has not reached', 9],
  ])('is answered with the live token if it names %s', (_title, replaces) => {
    expect(tokenToReuse(slotAfter([1, 2]), asked(mode, { replaces }))).toEqual(aToken(2))
  })

  test('gets a new token if the slot has none', () => {
    expect(tokenToReuse(openSlot(), asked(mode, { replaces: 0 }))).toBeUndefined()
  })

  test(`is answered with the live token until ${String(margin)} seconds before its expiry`, () => {
    const at = (left: number) =>
      tokenToReuse(slotAfter([1, 2]), asked(mode, { replaces: 1, now: NOW + LIFETIME - left }))
    expect([at(margin + 1), at(margin)]).toEqual([aToken(2), undefined])
  })

  test('gets a new token after the audience of the scope changed', () => {
    expect(tokenToReuse(slotAfter([1]), asked(mode, { replaces: 0, audience: 'api://another' }))).toBeUndefined()
  })

  test('gets a new token if the live one was seen as expired', () => {
    expect(tokenToReuse(markEnded(slotAfter([1]), 1), asked(mode, { replaces: 0 }))).toBeUndefined()
  })
})

test('a token that lives 50 seconds answers conditional requests until 5 seconds before its expiry', () => {
  const live = { ...aToken(1), expiresAt: NOW + 50 }
  const at = (now: number) => tokenToReuse({ ...slotAfter([1]), live }, asked(REPLACE, { replaces: 0, now }))
  expect([at(NOW + 44), at(NOW + 45)]).toEqual([live, undefined])
})
