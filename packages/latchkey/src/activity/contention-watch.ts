// Watches all slots for contention, and remembers only those that were used last.
import type { Scope } from '@latchkey/protocol'
import { contentionAt, observe, type SlotTraffic } from '../domain/contention.ts'
import type { AnsweredTokenRequest } from '../ports/activity.ts'
import type { ContendedSlot } from '../ports/activity-reports.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import { printableAgent } from '../domain/printable-agent.ts'

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
  readonly #most: number
  /** The least recently used first. */
  readonly #slots = new Map<string, WatchedSlot>()
  /** Keys of the slots that were in contention when they were last used. */
  readonly #contended = new Set<string>()

  constructor(most: number) {
    this.#most = most
  }

  /** `moment`: milliseconds on a clock that no one sets. */
  notice(answered: AnsweredTokenRequest, at: EpochSeconds, moment: number): Noticed {
    const { clientId, scope, issued, requester, secretId } = answered
    const key = keyOf(clientId, scope)
    const before = this.#slots.get(key)?.traffic
    const { token, superseded } = issued
    const source = { address: requester.address, userAgent: printableAgent(requester.userAgent), secretId }
    const traffic = observe(before, { source, token, superseded, at, moment })
    this.#remember(key, { clientId, scope, traffic })
    const isFirst = before === undefined || token.generation > before.generation
    const kindBefore = before === undefined ? undefined : contentionAt(before, moment)?.kind
    const { contention } = traffic
    if (contention === undefined) this.#contended.delete(key)
    else this.#contended.add(key)
    const raised = contention?.kind === kindBefore ? undefined : contendedSlot({ clientId, scope, traffic }, moment)
    return { isFirst, raised }
  }

  /** The slots in contention at this moment. */
  contended(moment: number): readonly ContendedSlot[] {
    const found: ContendedSlot[] = []
    for (const key of this.#contended) {
      const slot = this.#slots.get(key)
      const contended = slot === undefined ? undefined : contendedSlot(slot, moment)
      if (contended === undefined) this.#contended.delete(key)
      else found.push(contended)
    }
    return found
  }

  /** Those of one integration. */
  contendedOf(clientId: string, moment: number): readonly ContendedSlot[] {
    return this.contended(moment).filter((slot) => slot.clientId === clientId)
  }

  #remember(key: string, slot: WatchedSlot): void {
    const isNew = !this.#slots.delete(key)
    if (isNew && this.#slots.size >= this.#most) {
      const [idlest] = this.#slots.keys()
      if (idlest !== undefined) {
        this.#slots.delete(idlest)
        this.#contended.delete(idlest)
      }
    }
    this.#slots.set(key, slot)
  }
}

// Neither part holds a space.
const keyOf = (clientId: string, scope: Scope): string => `${clientId} ${scope}`

function contendedSlot({ clientId, scope, traffic }: WatchedSlot, moment: number): ContendedSlot | undefined {
  const contention = contentionAt(traffic, moment)
  if (contention === undefined) return undefined
  return { clientId, scope, ...contention, sources: traffic.sources.toReversed() }
}
