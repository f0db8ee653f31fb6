// Finds a slot (a client and a scope) whose live token was issued after the page began to watch.
import type { CountedSlot } from '../../api/counted-slot.ts'

/** The generation of each slot, by its scope. */
export type Generations = ReadonlyMap<string, number>

export const generationsOf = (slots: readonly CountedSlot[]): Generations =>
  new Map(slots.map(({ scope, generation }) => [scope, generation]))

/** Returns the first slot with a live token that is newer than `before`. A scope missing in `before` had no token. */
export const arrivedSlot = (slots: readonly CountedSlot[], before: Generations): CountedSlot | undefined =>
  slots.find(({ scope, live, generation }) => live !== null && generation > (before.get(scope) ?? 0))
