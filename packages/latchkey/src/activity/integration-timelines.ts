// A timeline for each integration that does something; the ones that were idle the longest make room for others.
import { Timeline } from './timeline.ts'

export class IntegrationTimelines {
  readonly #most: number
  /** The least recently used first. */
  readonly #timelines = new Map<string, Timeline>()
  /** From then on nothing was forgotten: who has no timeline has done nothing since. Milliseconds since the epoch. */
  #completeSince: number

  constructor(most: number, now: number) {
    this.#most = most
    this.#completeSince = now
  }

  count(clientId: string, name: string, now: number): void {
    this.#use(clientId, now).count(name, now)
  }

  /** For reading. One that says nothing when the integration has none: all it could tell of is silence. */
  of(clientId: string, now: number): Timeline {
    return this.#timelines.get(clientId) ?? new Timeline(this.#completeSince, now)
  }

  #use(clientId: string, now: number): Timeline {
    const known = this.#timelines.get(clientId)
    if (known === undefined && this.#timelines.size >= this.#most) this.#forgetIdlest(now)
    const timeline = known ?? new Timeline(this.#completeSince, now)
    this.#timelines.delete(clientId)
    this.#timelines.set(clientId, timeline)
    return timeline
  }

  #forgetIdlest(now: number): void {
    const [idlest] = this.#timelines.keys()
    if (idlest !== undefined) this.#timelines.delete(idlest)
    this.#completeSince = now
  }
}
