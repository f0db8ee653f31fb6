// Places in the changes of a shared store: their text, and what makes two of them belong to different times.
import { expect, test } from 'vitest'
import { eraOf, readPlace, writePlace } from '../../../src/storage/postgres/place.ts'

const STAND = { readAt: 0, log: '7301:00000001:5:16411', lowWater: 41, configuration: 1_800_000_000_000_000, floor: 0 }

test('a place is read as it was written', () => {
  expect(readPlace(writePlace(STAND))).toEqual({
    era: eraOf(STAND),
    lowWater: 41,
    configuration: 1_800_000_000_000_000,
  })
})

test('another log, and another floor, are another era', () => {
  const eras = [STAND, { ...STAND, log: '7301:00000002:5:16411' }, { ...STAND, floor: 1 }].map(eraOf)
  expect(new Set(eras).size).toBe(3)
})

test.each([
  '',
  '.',
  '7',
  '.1.1',
  `${eraOf(STAND)}.1`,
  `${eraOf(STAND)}.1.1.1`,
  `${eraOf(STAND)}.-1.1`,
  `${eraOf(STAND)}.A.1`,
])('a text that is none is taken for none: %j', (text) => {
  expect(readPlace(text)).toBeUndefined()
})
