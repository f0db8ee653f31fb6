// Finds the slots (one for each scope) that differ between two states of an integration, and reports these slots to a
// listener.
import type { Scope } from '@latchkey/protocol'
import type { IntegrationState } from '../domain/integration.ts'
import type { Generation, Slot } from '../domain/slot.ts'

export interface SlotFollower {
  changed(clientId: string, scope: Scope): void
  removed(clientId: string, scope: Scope, generation: Generation): void
}

export function tellChanges(
  follower: SlotFollower,
  clientId: string,
  before: IntegrationState | undefined,
  after: IntegrationState | undefined,
): void {
  for (const slot of after?.slots ?? []) {
    const known = before?.slots.find((other) => other.scope === slot.scope)
    if (known === undefined || isChanged(known, slot)) follower.changed(clientId, slot.scope)
  }
  for (const { scope, generation } of before?.slots ?? []) {
    const isGone = after?.slots.every((slot) => slot.scope !== scope) ?? true
    if (isGone) follower.removed(clientId, scope, aboveRemoved(generation))
  }
}

/** Returns the generation of the removal of a slot. */
export const aboveRemoved = (generation: Generation): Generation => generation + 1

// Returns true if the feed for guards must report the slot. Every change of tokens gets a new generation, but a change
// of `granted` or `open` may not.
const isChanged = (before: Slot, after: Slot): boolean =>
  before.generation !== after.generation ||
  before.open !== after.open ||
  before.granted !== after.granted ||
  before.id !== after.id
