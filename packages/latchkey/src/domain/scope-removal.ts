// The effect of deleting a scope on an integration.
import type { Scope } from '@latchkey/protocol'
import { type IntegrationState, slotOf } from './integration.ts'
import { close, type Generation, type Slot } from './slot.ts'

/**
 * Returns the integration without the grant of the scope and without the right for it. Returns the same object if the
 * integration had neither. The slot stays, but is closed. If a scope with this name is created again, the slot
 * continues with higher generations, so that no old token becomes live again.
 */
export function withoutScope(
  state: IntegrationState,
  scope: Scope,
  nextGeneration: (slot: Slot) => Generation,
): IntegrationState {
  const { integration, slots } = state
  const { resourceServerFor, version } = integration
  if (slotOf(state, scope)?.granted !== true && !resourceServerFor.includes(scope)) return state
  return {
    integration: {
      ...integration,
      resourceServerFor: resourceServerFor.filter((other) => other !== scope),
      version: version + 1,
    },
    slots: slots.map((slot) =>
      slot.scope === scope && slot.granted ? close(slot, false, nextGeneration(slot)) : slot,
    ),
  }
}
