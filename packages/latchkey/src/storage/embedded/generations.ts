// Reserves generations: none is ever handed out twice in a process, also when its commit fails.
import type { Generation, Slot } from '../../domain/slot.ts'

export class Generations {
  /** Slots with reservations above their committed generation. */
  readonly #reserved = new Map<number, Generation>()

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
