// The effect of a scope's deletion on an integration.
import type { Scope } from '@latchkey/protocol'
import { type IntegrationState, slotOf } from './integration.ts'
import { close, type Generation, type Slot } from './slot.ts'

/**
 * Returns the integration without the scope and without rights for it. If the integration had neither, returns the same
 * object. The closed slot stays. If a scope of this name is created again, its generations continue above the old ones,
 * so that no old token becomes live again.
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
