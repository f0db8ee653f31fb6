// Ids of new records begin with the time.
import { expect, test } from 'vitest'
import { identifier } from '../../../src/operations/identifier.ts'
import { systemRandom } from '../../../src/system.ts'

const NOW = 1_800_000_000

test('an id is a version 7 UUID without its dashes', () => {
  expect(identifier(systemRandom, NOW)).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
})

test('an id of a later second sorts after the ids of earlier seconds', () => {
  const ids = [0, 1, 60, 3_000_000_000].map((later) => identifier(systemRandom, NOW + later))
  expect(ids.toSorted()).toEqual(ids)
})

test('ids of one second differ', () => {
  const ids = Array.from({ length: 1000 }, () => identifier(systemRandom, NOW))
  expect(new Set(ids).size).toBe(1000)
})
