// What is in memory: every integration and slot, on the embedded store the truth, on PostgreSQL a copy with a version.
import type { IntegrationState } from '../domain/integration.ts'
import { markEnded, type Slot } from '../domain/slot.ts'
import { StoreUnavailable } from '../ports/store.ts'
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
    const after = state === undefined || before === undefined ? state : keepLater(before, state)
    if (after === undefined) this.#states.delete(clientId)
    else this.#states.set(clientId, after)
    if (this.#follower !== undefined) tellChanges(this.#follower, clientId, before, after)
  }

  /**
   * Puts in the tokens of one slot, unless later ones are there already. Whether it is granted and open is part of the
   * configuration, which comes as a whole and with `put` alone.
   */
  putSlot(clientId: string, slot: Slot): void {
    const before = this.#states.get(clientId)
    if (before === undefined) return
    const slots = before.slots.map((known) => (known.id === slot.id ? laterOf(known, slot, known) : known))
    const after = { integration: before.integration, slots }
    this.#states.set(clientId, after)
    if (this.#follower !== undefined) tellChanges(this.#follower, clientId, before, after)
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

  /** Is the outcome of any change not known? */
  get hasDoubt(): boolean {
    return this.#doubtfulClients.size + this.#doubtfulSlots.size > 0
  }

  /** Is the outcome of a change to this integration, or to a slot of it, not known? */
  isInDoubt(clientId: string): boolean {
    if (!this.hasDoubt) return false
    const slots = this.#states.get(clientId)?.slots ?? []
    return this.#doubtfulClients.has(clientId) || slots.some(({ id }) => this.#doubtfulSlots.has(id))
  }

  clearDoubt(): void {
    this.#doubtfulClients.clear()
    this.#doubtfulSlots.clear()
  }
}

const inDoubt = (): StoreUnavailable =>
  new StoreUnavailable('the last change here may or may not be stored; its outcome is being found out')

/** What another replica did to a slot meanwhile is not forgotten when an older state of it arrives. */
function keepLater(before: IntegrationState, after: IntegrationState): IntegrationState {
  if (before.slots === after.slots) return after
  const slots = after.slots.map((slot) => {
    const known = before.slots.find((other) => other.id === slot.id)
    return known === undefined ? slot : laterOf(known, slot, slot)
  })
  return { ...after, slots }
}

/** A mark made while a batch was on its way to the disk is not lost when that batch becomes visible. */
function laterOf(known: Slot, slot: Slot, { granted, open }: Slot): Slot {
  const later = slot.generation >= known.generation ? slot : known
  const endedGeneration = Math.max(known.endedGeneration, slot.endedGeneration)
  const isSame = endedGeneration === later.endedGeneration && granted === later.granted && open === later.open
  return isSame ? later : { ...later, granted, open, endedGeneration }
}
