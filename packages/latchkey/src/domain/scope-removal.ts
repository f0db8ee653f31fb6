// What becomes of an integration when one of its scopes is deleted.
import type { Scope } from '@latchkey/protocol'
import { type IntegrationState, slotOf } from './integration.ts'
import { close, type Generation, type Slot } from './slot.ts'

/**
 * The integration without the scope and without any right about it; the state itself when it had neither. The slot stays,
 * closed: a scope of the same name goes on with generations above the old ones and revives nothing.
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
