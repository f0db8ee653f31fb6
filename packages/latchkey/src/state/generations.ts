// Reserves the generations of slots (the numbers that order the changes of a slot). A process never reserves the same
// generation of a slot twice, even if the commit with the first reservation fails.
import type { Generation, Slot } from '../domain/slot.ts'
import { aboveRemoved } from './changed-slots.ts'

export class Generations {
  /** The highest generation of all slots that were removed since the start. */
  #highestRemoved: Generation = 0
  /** The highest reserved generation of each slot, as long as the committed generation of the slot is lower. */
  readonly #reserved = new Map<number, Generation>()

  /**
   * Records the removal of a slot with its integration. A new integration with the same client ID must get higher
   * generations.
   */
  remove(slot: Slot): void {
    this.#highestRemoved = Math.max(
      this.#highestRemoved,
      aboveRemoved(slot.generation),
      this.#reserved.get(slot.id) ?? 0,
    )
  }

  /** Records that another replica has removed slots with generations up to `highest`. */
  removedElsewhere(highest: Generation): void {
    this.#highestRemoved = Math.max(this.#highestRemoved, highest)
  }

  /**
   * Returns the generation above which the slots of a new integration begin. 0 if no earlier integration had the client
   * ID. Otherwise at least `first`, and at least as high as all generations of removed slots.
   */
  above(first: Generation): Generation {
    return first === 0 ? 0 : Math.max(first, this.#highestRemoved)
  }

  /** Reserves the next generation of a slot. */
  next(slot: Slot): Generation {
    const generation = Math.max(slot.generation, this.#reserved.get(slot.id) ?? 0) + 1
    this.#reserved.set(slot.id, generation)
    return generation
  }

  /** Removes the reservation if the reserved generation is now committed. */
  committed(slot: Slot): void {
    if (this.#reserved.get(slot.id) === slot.generation) this.#reserved.delete(slot.id)
  }
}
