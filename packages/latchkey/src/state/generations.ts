// Reserves generations: none is ever handed out twice in a process, also when its commit fails.
import type { Generation, Slot } from '../domain/slot.ts'
import { aboveRemoved } from './changed-slots.ts'

export class Generations {
  /** Of all slots that were removed since the start. */
  #highestRemoved: Generation = 0
  /** Slots with reservations above their committed generation. */
  readonly #reserved = new Map<number, Generation>()

  /** The slot is removed with its integration; its client ID may be given to another one that is declared anew. */
  remove(slot: Slot): void {
    this.#highestRemoved = Math.max(
      this.#highestRemoved,
      aboveRemoved(slot.generation),
      this.#reserved.get(slot.id) ?? 0,
    )
  }

  /** Another replica removed slots with numbers up to this one. */
  removedElsewhere(highest: Generation): void {
    this.#highestRemoved = Math.max(this.#highestRemoved, highest)
  }

  /** Where the numbers of a client ID begin that may have had slots before: above those, also within one second. */
  above(first: Generation): Generation {
    return first === 0 ? 0 : Math.max(first, this.#highestRemoved)
  }

  next(slot: Slot): Generation {
    const generation = Math.max(slot.generation, this.#reserved.get(slot.id) ?? 0) + 1
    this.#reserved.set(slot.id, generation)
    return generation
  }

  /** The slot's committed generation is this now: an equal reservation need not be remembered. */
  committed(slot: Slot): void {
    if (this.#reserved.get(slot.id) === slot.generation) this.#reserved.delete(slot.id)
  }
}
