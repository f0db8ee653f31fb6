// The memory of one replica among several, in which news of others arrives in pieces and in any order.
// The embedded store shares the code, and meets none of this.
import { expect, test } from 'vitest'
import { admit } from '../../src/domain/admission.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { close, emptySlot, reopen, type Slot, supersede } from '../../src/domain/slot.ts'
import { LiveState } from '../../src/state/live-state.ts'
import { attempt, newIntegration } from '../a-store.ts'

const token = (generation: number) => ({
  ...{ generation, jti: `jti-${String(generation)}`, issuedAt: 1, expiresAt: 2_000_000_000, audience: 'api://default' },
})

function memoryWith(slot: Slot): LiveState {
  const live = new LiveState()
  live.put('lkone', { integration: newIntegration('lkone').integration, slots: [slot] })
  return live
}

const issued = supersede(emptySlot(1, PREDICT, true), token(1), 0, 1)

test('a client was refused as not allowed its scope when the slot that another replica closed came before the rest', () => {
  const live = memoryWith(issued)
  live.putSlot('lkone', close(issued, true, 2))
  expect(admit(live.find('lkone'), attempt('lkone'), 1).ok).toBe(true)
  expect(live.slot('lkone', PREDICT)).toMatchObject({ generation: 2, live: undefined })
})

test('a slot that was opened again was closed by what had been read before that', () => {
  const closed = close(issued, true, 2)
  const live = memoryWith(reopen(closed))
  live.putSlot('lkone', closed)
  expect(live.slot('lkone', PREDICT)?.open).toBe(true)
})

test('an older state of a slot brings no token back', () => {
  const live = memoryWith(supersede(issued, token(2), 0, 1))
  live.putSlot('lkone', issued)
  expect(live.slot('lkone', PREDICT)?.live?.generation).toBe(2)
})
