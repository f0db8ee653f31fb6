// The text of a feed position of a replicated store, and the rule that says when two positions belong to different
// eras.
import { expect, test } from 'vitest'
import { eraOf, readPosition, writePosition } from '../../../src/storage/postgres/feed-position.ts'

const PROGRESS = {
  readAt: 0,
  log: '7301:00000001:5:16411',
  lowWater: 41,
  configuration: 1_800_000_000_000_000,
  floor: 0,
}

test('a feed position is read as it was written', () => {
  expect(readPosition(writePosition(PROGRESS))).toEqual({
    era: eraOf(PROGRESS),
    lowWater: 41,
    configuration: 1_800_000_000_000_000,
  })
})

test('a different log, or a different generation floor, gives a different era', () => {
  const eras = [PROGRESS, { ...PROGRESS, log: '7301:00000002:5:16411' }, { ...PROGRESS, floor: 1 }].map(eraOf)
  expect(new Set(eras).size).toBe(3)
})

test.each([
  '',
  '.',
  '7',
  '.1.1',
  `${eraOf(PROGRESS)}.1`,
  `${eraOf(PROGRESS)}.1.1.1`,
  `${eraOf(PROGRESS)}.-1.1`,
  `${eraOf(PROGRESS)}.A.1`,
])('rejects a text that is not a feed position: %j', (text) => {
  expect(readPosition(text)).toBeUndefined()
})
