// All integrations and their slots (the live token for each scope) in memory. With the embedded store, this state is
// always current. With PostgreSQL, it is a copy that may be out of date.
import type { IntegrationState } from '../domain/integration.ts'
import { markEnded, type Slot } from '../domain/slot.ts'
import { StoreUnavailable } from '../ports/store.ts'
import { type SlotFollower, tellChanges } from './changed-slots.ts'
import { KeySourceIndex } from './key-source-index.ts'
import { TrustIndex } from './trust-index.ts'

export class LiveState {
  readonly #states = new Map<string, IntegrationState>()
  readonly trust = new TrustIndex()
  readonly keySources = new KeySourceIndex()
  /**
   * The clients whose last change has an unknown outcome. Reads of these clients throw until the outcome is known.
   * `#unknownSlots` is the same for slots.
   */
  readonly #unknownClients = new Set<string>()
  readonly #unknownSlots = new Set<number>()
  #follower: SlotFollower | undefined

  get size(): number {
    return this.#states.size
  }

  /** Returns an integration. Throws `StoreUnavailable` while the outcome of its last change is unknown. */
  find(clientId: string): IntegrationState | undefined {
    if (this.#unknownClients.size > 0 && this.#unknownClients.has(clientId)) throw outcomeUnknown()
    return this.#states.get(clientId)
  }

  /** Returns a slot. Throws `StoreUnavailable` while the outcome of its last change is unknown. */
  slot(clientId: string, scope: string): Slot | undefined {
    const slots = this.find(clientId)?.slots
    if (slots === undefined) return undefined
    for (const slot of slots) {
      if (slot.scope !== scope) continue
      if (this.#unknownSlots.size > 0 && this.#unknownSlots.has(slot.id)) throw outcomeUnknown()
      return slot
    }
    return undefined
  }

  /**
   * Returns the last committed state, even if the outcome of a later change is unknown. Use it only for a decision that
   * the commit checks again, or to report committed changes.
   */
  committed(clientId: string): IntegrationState | undefined {
    return this.#states.get(clientId)
  }

  /** Returns the last committed state of every integration. */
  entries(): IterableIterator<[string, IntegrationState]> {
    return this.#states.entries()
  }

  values(): IterableIterator<IntegrationState> {
    return this.#states.values()
  }

  /** Reports every slot that changes from now on to `follower`. The state has only one follower. */
  follow(follower: SlotFollower): void {
    this.#follower = follower
  }

  put(clientId: string, state: IntegrationState | undefined): void {
    const before = this.#states.get(clientId)
    const after = state === undefined || before === undefined ? state : keepLater(before, state)
    if (after === undefined) this.#states.delete(clientId)
    else this.#states.set(clientId, after)
    this.trust.replace(clientId, before?.integration, after?.integration)
    this.keySources.replace(clientId, before?.integration, after?.integration)
    if (this.#follower !== undefined) tellChanges(this.#follower, clientId, before, after)
  }

  /**
   * Sets the tokens of one slot, unless the slot already has later tokens. Leaves `granted` and `open` unchanged,
   * because only `put` changes the configuration.
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

  markOutcomeUnknown(clients: Iterable<string>, slots: Iterable<number>): void {
    for (const client of clients) this.#unknownClients.add(client)
    for (const slot of slots) this.#unknownSlots.add(slot)
  }

  /** True if the outcome of at least one change is unknown. */
  get hasUnknownOutcome(): boolean {
    return this.#unknownClients.size + this.#unknownSlots.size > 0
  }

  /** Returns true if the outcome of a change to this integration or to one of its slots is unknown. */
  isOutcomeUnknown(clientId: string): boolean {
    if (!this.hasUnknownOutcome) return false
    const slots = this.#states.get(clientId)?.slots ?? []
    return this.#unknownClients.has(clientId) || slots.some(({ id }) => this.#unknownSlots.has(id))
  }

  confirmOutcomes(): void {
    this.#unknownClients.clear()
    this.#unknownSlots.clear()
  }
}

const outcomeUnknown = (): StoreUnavailable =>
  new StoreUnavailable('the outcome of the last change is unknown; the server is checking the store')

/**
 * Returns `after`, in which each slot has the later of its two states. Another replica may have changed a slot after
 * the server read `after`.
 */
function keepLater(before: IntegrationState, after: IntegrationState): IntegrationState {
  if (before.slots === after.slots) return after
  const slots = after.slots.map((slot) => {
    const known = before.slots.find((other) => other.id === slot.id)
    return known === undefined ? slot : laterOf(known, slot, slot)
  })
  return { ...after, slots }
}

/**
 * Returns the later of two states of a slot, with the given `granted` and `open`. Keeps the higher `endedGeneration`,
 * which a token check may have set during the commit.
 */
function laterOf(known: Slot, slot: Slot, { granted, open }: Slot): Slot {
  const later = slot.generation >= known.generation ? slot : known
  const endedGeneration = Math.max(known.endedGeneration, slot.endedGeneration)
  const isSame = endedGeneration === later.endedGeneration && granted === later.granted && open === later.open
  return isSame ? later : { ...later, granted, open, endedGeneration }
}
