// The in-memory state of one replica, while the replica learns the changes of other replicas in parts and in any order.
// The embedded store uses the same code, but its changes always arrive whole.
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

test('if another replica disabled an integration, the client is not refused before the whole change has arrived', () => {
  const live = memoryWith(issued)
  live.putSlot('lkone', close(issued, true, 2))
  expect(admit(live.find('lkone'), attempt('lkone'), 1).ok).toBe(true)
  expect(live.slot('lkone', PREDICT)).toMatchObject({ generation: 2, live: undefined })
})

test('an outdated read does not disable a scope that was enabled again', () => {
  const closed = close(issued, true, 2)
  const live = memoryWith(reopen(closed))
  live.putSlot('lkone', closed)
  expect(live.slot('lkone', PREDICT)?.open).toBe(true)
})

test('an outdated read makes no ended token live again', () => {
  const live = memoryWith(supersede(issued, token(2), 0, 1))
  live.putSlot('lkone', issued)
  expect(live.slot('lkone', PREDICT)?.live?.generation).toBe(2)
})
