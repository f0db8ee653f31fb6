// The embedded store's truth while it holds the lock: every integration and slot, in the main thread's memory.
import type { IntegrationState } from '../../domain/integration.ts'
import { markEnded, type Slot } from '../../domain/slot.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { type SlotFollower, tellChanges } from './changed-slots.ts'

export class LiveState {
  readonly #states = new Map<string, IntegrationState>()
  /** Clients and slots whose last commit may or may not be on the disk: nothing is said about them until that is known. */
  readonly #doubtfulClients = new Set<string>()
  readonly #doubtfulSlots = new Set<number>()
  #follower: SlotFollower | undefined

  get size(): number {
    return this.#states.size
  }

  /** Throws `StoreUnavailable` while the outcome of a change to this integration is not known. */
  find(clientId: string): IntegrationState | undefined {
    if (this.#doubtfulClients.size > 0 && this.#doubtfulClients.has(clientId)) throw inDoubt()
    return this.#states.get(clientId)
  }

  /** Throws `StoreUnavailable` while the outcome of a change to this slot is not known. */
  slot(clientId: string, scope: string): Slot | undefined {
    const slots = this.find(clientId)?.slots
    if (slots === undefined) return undefined
    for (const slot of slots) {
      if (slot.scope !== scope) continue
      if (this.#doubtfulSlots.size > 0 && this.#doubtfulSlots.has(slot.id)) throw inDoubt()
      return slot
    }
    return undefined
  }

  /** The committed state, whatever is in doubt: for the one writer only. */
  committed(clientId: string): IntegrationState | undefined {
    return this.#states.get(clientId)
  }

  /** Every integration, as committed. */
  entries(): IterableIterator<[string, IntegrationState]> {
    return this.#states.entries()
  }

  values(): IterableIterator<IntegrationState> {
    return this.#states.values()
  }

  /** Is told of every slot that changes from now on. There is one follower. */
  follow(follower: SlotFollower): void {
    this.#follower = follower
  }

  put(clientId: string, state: IntegrationState | undefined): void {
    const before = this.#states.get(clientId)
    if (state === undefined) this.#states.delete(clientId)
    else this.#states.set(clientId, before === undefined ? state : keepEnded(before, state))
    if (this.#follower !== undefined) tellChanges(this.#follower, clientId, before, state)
  }

  markEnded(clientId: string, scope: string, generation: number): void {
    const state = this.#states.get(clientId)
    if (state === undefined) return
    const slots = state.slots.map((slot) => (slot.scope === scope ? markEnded(slot, generation) : slot))
    this.#states.set(clientId, { ...state, slots })
  }

  putInDoubt(clients: Iterable<string>, slots: Iterable<number>): void {
    for (const client of clients) this.#doubtfulClients.add(client)
    for (const slot of slots) this.#doubtfulSlots.add(slot)
  }

  clearDoubt(): void {
    this.#doubtfulClients.clear()
    this.#doubtfulSlots.clear()
  }
}

const inDoubt = (): StoreUnavailable =>
  new StoreUnavailable('the last change here may or may not be stored; its outcome is being found out')

/** A mark made while a batch was on its way to the disk is not lost when that batch becomes visible. */
function keepEnded(before: IntegrationState, after: IntegrationState): IntegrationState {
  if (before.slots === after.slots) return after
  const slots = after.slots.map((slot) => {
    const marked = before.slots.find((other) => other.id === slot.id)?.endedGeneration ?? 0
    return marked > slot.endedGeneration ? { ...slot, endedGeneration: marked } : slot
  })
  return { ...after, slots }
}
