// A batch being made: the committed state with the batch's own changes over it, and the writes that make them durable.
import type { IntegrationState } from '../../domain/integration.ts'
import type { Slot } from '../../domain/slot.ts'
import type { Write } from '../disk.ts'
import type { Generations } from './generations.ts'
import type { LiveState } from './live-state.ts'

export class StagedBatch {
  readonly writes: Write[] = []
  readonly #live: LiveState
  readonly #generations: Generations
  readonly #staged = new Map<string, IntegrationState | undefined>()
  readonly #slots = new Map<number, Slot>()
  readonly #reconfigured = new Set<string>()

  constructor(live: LiveState, generations: Generations) {
    this.#live = live
    this.#generations = generations
  }

  /** The integration as this batch leaves it so far. */
  state(clientId: string): IntegrationState | undefined {
    return this.#staged.has(clientId) ? this.#staged.get(clientId) : this.#live.committed(clientId)
  }

  /** Changes one slot and nothing else of its integration. */
  putSlot(clientId: string, slot: Slot, ...writes: readonly Write[]): void {
    const state = this.state(clientId)
    if (state === undefined) return
    const slots = state.slots.map((other) => (other.id === slot.id ? slot : other))
    this.#staged.set(clientId, { integration: state.integration, slots })
    this.#slots.set(slot.id, slot)
    this.writes.push(...writes)
  }

  /** Makes, changes or (undefined) removes an integration with all its slots. */
  putState(clientId: string, state: IntegrationState | undefined, writes: readonly Write[]): void {
    this.#staged.set(clientId, state)
    this.#reconfigured.add(clientId)
    for (const slot of state?.slots ?? []) this.#slots.set(slot.id, slot)
    this.writes.push(...writes)
  }

  /** Switches the memory to what this batch made durable, in one turn of the event loop. */
  publish(): void {
    for (const [clientId, state] of this.#staged) this.#live.put(clientId, state)
    for (const slot of this.#slots.values()) this.#generations.committed(slot)
  }

  /** The commit failed and may have happened all the same. Returns the clients to read anew. */
  putInDoubt(): readonly string[] {
    this.#live.putInDoubt(this.#reconfigured, this.#slots.keys())
    return [...this.#staged.keys()]
  }
}
