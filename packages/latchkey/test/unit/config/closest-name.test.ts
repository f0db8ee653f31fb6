// Guessing which name was meant.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closestName } from '../../../src/config/closest-name.ts'

const NAMES = ['PORT', 'PUBLIC_URL', 'HOST', 'ADMIN_PORT']

test.each([
  ['PROT', 'PORT'],
  ['PUBLICURL', 'PUBLIC_URL'],
  ['ADMIN_PORTS', 'ADMIN_PORT'],
  ['HOTS', 'HOST'],
])('%s was meant to be %s', (name, meant) => {
  expect(closestName(name, NAMES)).toBe(meant)
})

test('a name like no other has no neighbour', () => {
  expect(closestName('ZEBRA_CROSSING', NAMES)).toBeUndefined()
})

test('one wrong character never hides the name', () => {
  const slip = fc.tuple(fc.constantFrom(...NAMES), fc.nat(), fc.constantFrom(...'QXZ'))
  fc.assert(
    fc.property(slip, ([name, position, wrong]) => {
      const at = position % name.length
      expect(closestName(name.slice(0, at) + wrong + name.slice(at + 1), NAMES)).toBe(name)
    }),
  )
})
