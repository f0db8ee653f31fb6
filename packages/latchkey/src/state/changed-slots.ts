// Finds the slots that differ between two states of an integration, and reports them to a follower.
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

/** Returns the generation of a slot's removal. */
export const aboveRemoved = (generation: Generation): Generation => generation + 1

// True if the tokens of the slot changed. Every such change gets a new generation; opening a slot again does not.
const isChanged = (before: Slot, after: Slot): boolean =>
  before.generation !== after.generation ||
  before.open !== after.open ||
  before.granted !== after.granted ||
  before.id !== after.id
