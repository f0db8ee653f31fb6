// The ring of changed slots: it forgets the oldest, and says so.
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

test('it gives what came after a position, and where to go on', () => {
  const ring = aRing(10, 'a', 'b', 'c')
  expect(ring.position).toBe(3)
  expect(idsAfter(ring, 0)).toEqual(['a', 'b', 'c'])
  expect(idsAfter(ring, 2)).toEqual(['c'])
  expect(ring.after(0, 2)).toMatchObject({ position: 2, names: [{ clientId: 'a' }, { clientId: 'b' }] })
  expect(ring.after(3, 2)).toEqual({ position: 3, names: [] })
})

test('a slot that changed several times is named once, as it changed last', () => {
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

test('it knows as much as it is to remember, and no position before that', () => {
  const ring = aRing(3, 'a', 'b', 'c', 'd', 'e')
  expect(idsAfter(ring, 2)).toEqual(['c', 'd', 'e'])
  expect(idsAfter(ring, 1)).toBeUndefined()
  expect(idsAfter(ring, 0)).toBeUndefined()
})

test('a position that is still to come is not known', () => {
  expect(idsAfter(aRing(3, 'a'), 2)).toBeUndefined()
})
