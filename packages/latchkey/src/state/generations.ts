// Reserves generations. A process never reserves a generation of a slot twice, even if its commit fails.
import type { Generation, Slot } from '../domain/slot.ts'
import { aboveRemoved } from './changed-slots.ts'

export class Generations {
  /** The highest generation of all slots that were removed since the start. */
  #highestRemoved: Generation = 0
  /** The slots with a reserved generation above their committed one. */
  readonly #reserved = new Map<number, Generation>()

  /**
   * Notes the removal of a slot with its integration. A manifest may declare a new integration with the same client ID.
   */
  remove(slot: Slot): void {
    this.#highestRemoved = Math.max(
      this.#highestRemoved,
      aboveRemoved(slot.generation),
      this.#reserved.get(slot.id) ?? 0,
    )
  }

  /** Notes that another replica removed slots with generations up to this one. */
  removedElsewhere(highest: Generation): void {
    this.#highestRemoved = Math.max(this.#highestRemoved, highest)
  }

  /**
   * Returns the first generation for a client ID that may have had slots before. It is above all generations of those
   * slots.
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

  /** Removes a reservation that has become the slot's committed generation. */
  committed(slot: Slot): void {
    if (this.#reserved.get(slot.id) === slot.generation) this.#reserved.delete(slot.id)
  }
}
