// The standing of a token by the last state of its slot, and the ends of the tokens in its history.
import { expect, test } from 'vitest'
import { fateOf } from '../../src/pages/detail/fate-of.ts'
import { worthOf } from '../../src/pages/detail/worth-of.ts'
import { aCountedSlot, aToken, at, NOON } from './a-slot.ts'

const claims = (gen: unknown, desired: object = {}) => ({
  claims: { jti: `token-${String(gen)}`, gen, exp: NOON / 1000 + 3600, ...desired },
})
const grace = (generation: number, seconds: number) => ({
  generation,
  jti: `token-${generation}`,
  accepted_until: at(NOON + seconds * 1000),
})

test.each([
  ['the live token', claims(7), {}, 'live'],
  ['the live token after its end', claims(7), { live: aToken(7, 3600) }, 'expired'],
  ['the token before the live one', claims(6), {}, 'superseded'],
  ['its predecessor in grace', claims(6), { in_grace: grace(6, 30) }, 'grace'],
  ['its predecessor after the grace', claims(6), { in_grace: grace(6, 0) }, 'superseded'],
  ['a superseded token whose time is over too', claims(6, { exp: NOON / 1000 }), {}, 'expired'],
  ['the last token, revoked', claims(7), { live: null }, 'ended'],
  ['a token that the server has not issued', claims(8), {}, 'unknown'],
  ['another token under the generation of the live one', claims(7, { jti: 'forged' }), {}, 'ended'],
  ['a token without a generation', claims('7'), {}, 'unknown'],
])('the console shows the state of a token: %s', (_which, token, slot, worth) => {
  expect(worthOf(token, aCountedSlot(slot), NOON)).toBe(worth)
})

test('a token of a scope that the integration does not have is unknown', () => {
  expect(worthOf(claims(7), undefined, NOON)).toBe('unknown')
})

const slot = aCountedSlot({ in_grace: grace(6, 30) })
const issued = (generation: number, secondsAgo: number) => ({ generation, issued_at: at(NOON - secondsAgo * 1000) })

test('the live token is accepted until it expires, and then counts as expired, not as superseded', () => {
  expect(fateOf(slot, { issuance: issued(7, 0), next: undefined }, NOON)).toEqual({ is: 'live' })
  expect(fateOf(slot, { issuance: issued(7, 0), next: undefined }, NOON + 3_600_000)).toEqual({ is: 'over' })
})

test('a replaced token lived until the next token was issued, and is accepted until its grace ends', () => {
  expect(fateOf(slot, { issuance: issued(6, 90), next: issued(7, 0) }, NOON)).toEqual({
    is: 'replaced',
    livedMs: 90_000,
    isInGrace: true,
  })
  expect(fateOf(slot, { issuance: issued(6, 90), next: issued(7, 0) }, NOON + 30_000)).toMatchObject({
    isInGrace: false,
  })
  expect(fateOf(slot, { issuance: issued(5, 100), next: issued(6, 90) }, NOON)).toMatchObject({
    livedMs: 10_000,
    isInGrace: false,
  })
})
