// What came of a batch that was to be made durable.
import type { Slot } from '../domain/slot.ts'

/** A slot as the store has it, with whose it is. */
export interface FoundSlot {
  readonly clientId: string
  readonly slot: Slot
}

/**
 * - `done`: durable. The `lost` slots were changed by another replica first: nothing of this batch is in them. The
 *   `moved` ones were too, and the batch's change was applied to what they had become.
 * - `overtaken`: nothing is durable; what the batch assumed about the configuration no longer holds.
 */
export type CommitOutcome =
  | { readonly kind: 'done'; readonly lost: readonly FoundSlot[]; readonly moved: readonly FoundSlot[] }
  | { readonly kind: 'overtaken' }

/** Where nobody else writes. */
export const ALL_DONE: CommitOutcome = { kind: 'done', lost: [], moved: [] }
