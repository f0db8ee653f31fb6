// The buffer of changed slots: it drops the oldest changes, and reports that they are missing.
import type { Scope } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { ChangeRing } from '../../../src/state/change-ring.ts'

const PREDICT = 'machinelearning.predict' as Scope

function aRing(most: number, ...clientIds: readonly string[]): ChangeRing {
  const ring = new ChangeRing(most)
  for (const clientId of clientIds) ring.add({ clientId, scope: PREDICT, removedAt: 0 })
  return ring
}

const idsAfter = (ring: ChangeRing, position: number, most = 100) =>
  ring.after(position, most)?.names.map(({ clientId }) => clientId)

test('the buffer returns the changes after a position, and the position to read on from', () => {
  const ring = aRing(10, 'a', 'b', 'c')
  expect(ring.position).toBe(3)
  expect(idsAfter(ring, 0)).toEqual(['a', 'b', 'c'])
  expect(idsAfter(ring, 2)).toEqual(['c'])
  expect(ring.after(0, 2)).toMatchObject({ position: 2, names: [{ clientId: 'a' }, { clientId: 'b' }] })
  expect(ring.after(3, 2)).toEqual({ position: 3, names: [] })
})

test('a slot that changed several times is named once, with its last change', () => {
  const ring = aRing(10, 'a', 'b', 'a')
  ring.add({ clientId: 'b', scope: PREDICT, removedAt: 7 })
  expect(ring.after(0, 100)).toMatchObject({
    position: 4,
    names: [
      { clientId: 'a', removedAt: 0 },
      { clientId: 'b', removedAt: 7 },
    ],
  })
})

test('the buffer holds the configured number of changes, and knows no earlier position', () => {
  const ring = aRing(3, 'a', 'b', 'c', 'd', 'e')
  expect(idsAfter(ring, 2)).toEqual(['c', 'd', 'e'])
  expect(idsAfter(ring, 1)).toBeUndefined()
  expect(idsAfter(ring, 0)).toBeUndefined()
})

test('a position in the future is unknown', () => {
  expect(idsAfter(aRing(3, 'a'), 2)).toBeUndefined()
})
