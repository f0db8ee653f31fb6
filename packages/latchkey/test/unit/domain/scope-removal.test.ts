// The uses of a scope, and the effect of its deletion on an integration.
import { describe, expect, test } from 'vitest'
import type { Integration, IntegrationState } from '../../../src/domain/integration.ts'
import { REPLACE } from '../../../src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../../src/domain/reference-catalog.ts'
import { withoutScope } from '../../../src/domain/scope-removal.ts'
import { scopeUses } from '../../../src/domain/scope-use.ts'
import { close, emptySlot, type Slot } from '../../../src/domain/slot.ts'
import { LIFETIME, NOW, openSlot, slotAfter } from './a-slot.ts'

const anIntegration = (more: Partial<Integration> = {}): Integration => ({
  clientId: 'lk0123456789abcd',
  enabled: true,
  version: 7,
  secrets: [],
  credentials: [],
  resourceServerFor: [],
  mode: REPLACE,
  graceSeconds: 0,
  conditional: true,
  allowedAddresses: [],
  ...more,
})
const modelSlot = emptySlot(2, MODEL, true)
const without = (slots: readonly Slot[], more: Partial<Integration> = {}) =>
  withoutScope({ integration: anIntegration(more), slots }, PREDICT, (slot) => slot.generation + 5)

describe('an integration whose scope is deleted', () => {
  test('keeps the slot, empty and closed, with a higher generation', () => {
    const { slots, integration } = without([slotAfter([1, 2], 30), modelSlot])
    expect(slots[0]).toMatchObject({
      granted: false,
      open: false,
      generation: 7,
      live: undefined,
      predecessor: undefined,
      revokedGeneration: 2,
    })
    expect(slots[1]).toBe(modelSlot)
    expect(integration.version).toBe(8)
  })

  test('loses its right for that scope and no other right', () => {
    const { integration, slots } = without([modelSlot], { resourceServerFor: [MODEL, PREDICT] })
    expect(integration).toEqual(anIntegration({ resourceServerFor: [MODEL], version: 8 }))
    expect(slots).toEqual([modelSlot])
  })

  test('loses the scope also while it is disabled', () => {
    const { slots } = without([close(openSlot(), true, 3)], { enabled: false })
    expect(slots[0]).toMatchObject({ granted: false, open: false, generation: 8 })
  })

  test.each<readonly [string, readonly Slot[]]>([
    ['never had it', [modelSlot]],
    ['lost it before', [close(openSlot(), false, 3), modelSlot]],
  ])('does not change if it %s', (_what, slots) => {
    const state = { integration: anIntegration({ resourceServerFor: [MODEL] }), slots }
    expect(withoutScope(state, PREDICT, () => 9)).toBe(state)
  })
})

describe('the uses of a scope', () => {
  const usesOf = (now: number, ...states: readonly IntegrationState[]) => scopeUses(states, now).get(PREDICT)

  test('are the integrations that may request it or introspect its tokens, each once', () => {
    const granted = { integration: anIntegration(), slots: [openSlot()] }
    const both = { integration: anIntegration({ resourceServerFor: [PREDICT] }), slots: [openSlot()] }
    const right = { integration: anIntegration({ resourceServerFor: [PREDICT] }), slots: [modelSlot] }
    const former = { integration: anIntegration(), slots: [close(openSlot(), false, 1)] }
    expect(usesOf(NOW, granted, both, right, former)).toEqual({ integrations: 3, liveTokens: 0 })
  })

  test('are its live tokens until the second of their end', () => {
    const state = { integration: anIntegration(), slots: [slotAfter([1, 2])] }
    expect(usesOf(NOW + LIFETIME - 1, state)).toEqual({ integrations: 1, liveTokens: 1 })
    expect(usesOf(NOW + LIFETIME, state)).toEqual({ integrations: 1, liveTokens: 0 })
  })

  test('are none when no integration has it', () => {
    expect(usesOf(NOW, { integration: anIntegration(), slots: [modelSlot] })).toBeUndefined()
  })
})
