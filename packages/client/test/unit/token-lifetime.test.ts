// When a token is renewed, and until when it is used.
import { expect, test } from 'vitest'
import { lifetimeOf } from '../../src/token-lifetime.ts'

const of = (expiresInSeconds: number, desired: { whole?: number; before?: number; chance?: number } = {}) => {
  const { whole, before = 300, chance = 0 } = desired
  const identity = { text: 'a', ...(whole !== undefined && { iat: 1000, exp: 1000 + whole }) }
  const { renewAfter, usableFor } = lifetimeOf({ expiresInSeconds, identity, refreshBeforeSeconds: before, chance })
  return [renewAfter / 1000, usableFor / 1000]
}

test.each([
  ['an hour', of(3600), [3300, 3595]],
  ['an hour, as late as chance allows', of(3600, { chance: 1 }), [3330, 3595]],
  ['five minutes: half of it', of(300), [150, 295]],
  ['ten seconds', of(10), [5, 9]],
  ['the last 200 s of an hour: used up', of(200, { whole: 3600 }), [195, 195]],
  ['the last 400 s of an hour', of(400, { whole: 3600 }), [100, 395]],
  ['ten minutes ahead, when asked for', of(3600, { before: 600 }), [3000, 3595]],
  ['not ahead at all', of(3600, { before: 0 }), [3595, 3595]],
])('the manager renews a token, and stops using it, at the right moments: %s', (_title, actual, expected) => {
  expect(actual).toEqual(expected)
})
