// The generation floor of a restored store: every token below it has ended.
import { expect, test } from 'vitest'
import { raisedFloor } from '../../../src/storage/transfer/restored-state.ts'

test('a raised floor is above every generation that was used, even if the clock was set back', () => {
  const state = { tokens: 0, newest: undefined }
  expect(raisedFloor(1_800_000_000_000, { ...state, floor: 5, highestGeneration: 9 })).toBe(1_800_000_000_000_000)
  expect(raisedFloor(1, { ...state, floor: 5000, highestGeneration: 5009 })).toBe(5009)
  expect(raisedFloor(1, { ...state, floor: 5000, highestGeneration: 9 })).toBe(5001)
  const states = [
    { ...state, floor: 1, highestGeneration: 2 },
    { ...state, floor: 7000, highestGeneration: 1 },
  ]
  expect(raisedFloor(1, ...states)).toBe(7001)
})
