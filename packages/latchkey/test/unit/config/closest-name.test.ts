// Finds the name that is most similar to a misspelt one.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closestName } from '../../../src/config/closest-name.ts'

const NAMES = ['PORT', 'PUBLIC_URL', 'HOST', 'ADMIN_PORT']

test.each([
  ['PROT', 'PORT'],
  ['PUBLICURL', 'PUBLIC_URL'],
  ['ADMIN_PORTS', 'ADMIN_PORT'],
  ['HOTS', 'HOST'],
])('the suggestion for %s is %s', (name, meant) => {
  expect(closestName(name, NAMES)).toBe(meant)
})

test('there is no suggestion for a name that resembles no known name', () => {
  expect(closestName('ZEBRA_CROSSING', NAMES)).toBeUndefined()
})

test('a name with one wrong character still has a suggestion', () => {
  const slip = fc.tuple(fc.constantFrom(...NAMES), fc.nat(), fc.constantFrom(...'QXZ'))
  fc.assert(
    fc.property(slip, ([name, position, wrong]) => {
      const at = position % name.length
      expect(closestName(name.slice(0, at) + wrong + name.slice(at + 1), NAMES)).toBe(name)
    }),
  )
})
