// Watches all slots for contention, and remembers only those that were used last.
import type { Scope } from '@latchkey/protocol'
import { LRUCache } from 'lru-cache'
import { type AnsweredRequest, contentionAt, observe, type SlotTraffic } from '../domain/contention.ts'
import type { ContendedSlot } from '../ports/activity-reports.ts'

interface WatchedSlot {
  readonly clientId: string
  readonly scope: Scope
  readonly traffic: SlotTraffic
}

/** What a request meant for its slot. */
export interface Noticed {
  /** The token is new: this is the first of the requests that it answered. */
  readonly isFirst: boolean
  /** Set when a contention began, or turned out to be one of several sources. */
  readonly raised: ContendedSlot | undefined
}

export class ContentionWatch {
  readonly #slots: LRUCache<string, WatchedSlot>
  /** Keys of the slots that were in contention when they were last used. */
  readonly #contended = new Set<string>()

  /** `most`: how many slots are remembered. */
  constructor(most: number) {
    this.#slots = new LRUCache({
      max: most,
      dispose: (_slot, key, why) => {
        if (why === 'evict') this.#contended.delete(key)
      },
    })
  }

  notice(clientId: string, scope: Scope, request: AnsweredRequest): Noticed {
    // Neither part holds a space.
    const key = `${clientId} ${scope}`
    const before = this.#slots.get(key)?.traffic
    const traffic = observe(before, request)
    const slot = { clientId, scope, traffic }
    this.#slots.set(key, slot)
    const isFirst = before === undefined || request.token.generation > before.generation
    const { contention } = traffic
    if (contention === undefined) {
      this.#contended.delete(key)
      return { isFirst, raised: undefined }
    }
    this.#contended.add(key)
    const isNews = before === undefined || contentionAt(before, request.moment)?.kind !== contention.kind
    return { isFirst, raised: isNews ? contendedSlot(slot, request.moment) : undefined }
  }

  /** The slots in contention at this moment, on the clock of the requests; of one client, or of all. */
  contended(moment: number, clientId?: string): readonly ContendedSlot[] {
    const found: ContendedSlot[] = []
    for (const key of this.#contended) {
      if (clientId !== undefined && !key.startsWith(`${clientId} `)) continue
      const slot = this.#slots.peek(key)
      const contended = slot === undefined ? undefined : contendedSlot(slot, moment)
      if (contended === undefined) this.#contended.delete(key)
      else found.push(contended)
    }
    return found
  }
}

function contendedSlot({ clientId, scope, traffic }: WatchedSlot, moment: number): ContendedSlot | undefined {
  const contention = contentionAt(traffic, moment)
  if (contention === undefined) return undefined
  return { clientId, scope, ...contention, sources: traffic.sources.toReversed() }
}
