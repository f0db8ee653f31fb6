// Watches for contention: callers that supersede each other's tokens in a slot (a client with a scope). Keeps records
// only of the most recently used slots, so that its memory is limited.
import type { Scope } from '@latchkey/protocol'
import {
  type AnsweredRequest,
  contentionAt,
  forget,
  noTraffic,
  observe,
  type SlotTraffic,
} from '../domain/contention.ts'
import type { ContendedSlot } from '../ports/activity-reports.ts'
import { type Ordered, UseOrder } from './use-order.ts'

/** The record of a slot. Each request changes it in place. When a slot is dropped, another slot reuses its record. */
interface WatchedSlot extends Ordered<WatchedSlot> {
  clientId: string
  scope: Scope
  readonly traffic: SlotTraffic
}

/** What a request means for the contention of its slot. */
export interface Noticed {
  /** True if this request is the first that got its token. */
  readonly isFirst: boolean
  /**
   * The contention, if it began with this request or if this request is the first from a second caller. Otherwise
   * undefined.
   */
  readonly raised: ContendedSlot | undefined
}

export class ContentionWatch {
  readonly #most: number
  readonly #order = new UseOrder<WatchedSlot>()
  /** The slots by scope, then by client ID. A combined key would need a new string for each request. */
  readonly #slots = new Map<Scope, Map<string, WatchedSlot>>()
  /** The slots that were in contention at their last request. */
  readonly #contended = new Set<WatchedSlot>()

  /** @param most the largest number of slots with records */
  constructor(most: number) {
    this.#most = most
  }

  notice(clientId: string, scope: Scope, request: AnsweredRequest): Noticed {
    const slot = this.#slotOf(clientId, scope)
    const { traffic } = slot
    const isFirst = request.token.generation > traffic.generation
    const before = contentionAt(traffic, request.moment)?.kind
    observe(traffic, request)
    const now = traffic.contention?.kind
    if (now === undefined) {
      this.#contended.delete(slot)
      return isFirst ? FIRST : SHARED
    }
    this.#contended.add(slot)
    if (now === before) return isFirst ? FIRST : SHARED
    return { isFirst, raised: contendedSlot(slot, request.moment) }
  }

  /**
   * Returns the slots of one client (or of all clients) that are in contention. `moment` must be on the same clock as
   * the times of the requests.
   */
  contended(moment: number, clientId?: string): readonly ContendedSlot[] {
    const found: ContendedSlot[] = []
    for (const slot of this.#contended) {
      if (clientId !== undefined && slot.clientId !== clientId) continue
      const contended = contendedSlot(slot, moment)
      if (contended === undefined) this.#contended.delete(slot)
      else found.push(contended)
    }
    return found
  }

  #slotOf(clientId: string, scope: Scope): WatchedSlot {
    const known = this.#slots.get(scope)?.get(clientId)
    if (known !== undefined) {
      this.#order.use(known)
      return known
    }
    const slot = this.#unusedSlot() ?? {
      ...{ clientId, scope, traffic: noTraffic() },
      ...{ older: undefined, newer: undefined },
    }
    slot.clientId = clientId
    slot.scope = scope
    const ofScope = this.#slots.get(scope) ?? new Map<string, WatchedSlot>()
    this.#slots.set(scope, ofScope.set(clientId, slot))
    this.#order.add(slot)
    return slot
  }

  /**
   * Removes and returns the record of the least recently used slot, if the number of records has reached the limit.
   * Otherwise undefined.
   */
  #unusedSlot(): WatchedSlot | undefined {
    const slot = this.#order.size < this.#most ? undefined : this.#order.takeOldest()
    if (slot === undefined) return undefined
    const ofScope = this.#slots.get(slot.scope)
    ofScope?.delete(slot.clientId)
    if (ofScope?.size === 0) this.#slots.delete(slot.scope)
    this.#contended.delete(slot)
    forget(slot.traffic)
    return slot
  }
}

/** The two most frequent results of `notice`. They are shared constants, so that a request allocates no object. */
const FIRST: Noticed = { isFirst: true, raised: undefined }
const SHARED: Noticed = { isFirst: false, raised: undefined }

/** Returns a copy that later requests do not change. */
function contendedSlot({ clientId, scope, traffic }: WatchedSlot, moment: number): ContendedSlot | undefined {
  const contention = contentionAt(traffic, moment)
  if (contention === undefined) return undefined
  const sources = traffic.sources.map((source) => ({ ...source })).reverse()
  return { clientId, scope, ...contention, sources }
}
