// The buffer of changed slots: it drops the oldest changes, and reports that they are missing.
import type { Scope } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { ChangeBuffer } from '../../../src/state/change-buffer.ts'

const PREDICT = 'machinelearning.predict' as Scope

function aBuffer(most: number, ...clientIds: readonly string[]): ChangeBuffer {
  const buffer = new ChangeBuffer(most)
  for (const clientId of clientIds) buffer.add({ clientId, scope: PREDICT, removedAt: 0 })
  return buffer
}

const idsAfter = (buffer: ChangeBuffer, position: number, most = 100) =>
  buffer.after(position, most)?.names.map(({ clientId }) => clientId)

test('the buffer returns the changes after a position, and the position from which to continue', () => {
  const buffer = aBuffer(10, 'a', 'b', 'c')
  expect(buffer.position).toBe(3)
  expect(idsAfter(buffer, 0)).toEqual(['a', 'b', 'c'])
  expect(idsAfter(buffer, 2)).toEqual(['c'])
  expect(buffer.after(0, 2)).toMatchObject({ position: 2, names: [{ clientId: 'a' }, { clientId: 'b' }] })
  expect(buffer.after(3, 2)).toEqual({ position: 3, names: [] })
})

test('a slot that changed several times is named once, with its last change', () => {
  const buffer = aBuffer(10, 'a', 'b', 'a')
  buffer.add({ clientId: 'b', scope: PREDICT, removedAt: 7 })
  expect(buffer.after(0, 100)).toMatchObject({
    position: 4,
    names: [
      { clientId: 'a', removedAt: 0 },
      { clientId: 'b', removedAt: 7 },
    ],
  })
})

test('the buffer has the configured number of changes, and reports earlier positions as gone', () => {
  const buffer = aBuffer(3, 'a', 'b', 'c', 'd', 'e')
  expect(idsAfter(buffer, 2)).toEqual(['c', 'd', 'e'])
  expect(idsAfter(buffer, 1)).toBeUndefined()
  expect(idsAfter(buffer, 0)).toBeUndefined()
})

test('a position in the future is unknown', () => {
  expect(idsAfter(aBuffer(3, 'a'), 2)).toBeUndefined()
})
