// A timeline for each integration that does something; the ones that were idle the longest make room for others.
import { LRUCache } from 'lru-cache'
import { Timeline } from './timeline.ts'

export class IntegrationTimelines {
  readonly #timelines: LRUCache<string, Timeline>
  /** From then on nothing was forgotten: who has no timeline has done nothing since. Milliseconds since the epoch. */
  #completeSince: number

  constructor(most: number, now: number) {
    this.#timelines = new LRUCache({ max: most })
    this.#completeSince = now
  }

  /** For counting: makes one when there is none. */
  for(clientId: string, now: number): Timeline {
    const known = this.#timelines.get(clientId)
    if (known !== undefined) return known
    if (this.#timelines.size === this.#timelines.max) this.#completeSince = now
    const timeline = new Timeline(this.#completeSince, now)
    this.#timelines.set(clientId, timeline)
    return timeline
  }

  /** For reading. One that says nothing when the integration has none: all it could tell of is silence. */
  of(clientId: string, now: number): Timeline {
    return this.#timelines.peek(clientId) ?? new Timeline(this.#completeSince, now)
  }
}
