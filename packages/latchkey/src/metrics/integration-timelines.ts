// The activity of each integration: first a single request, then a timeline. The integrations that are idle the longest are forgotten first.
import { isShown, Timeline } from './timeline.ts'
import { type Ordered, UseOrder } from './use-order.ts'

/** An integration that is forgotten leaves its record to the next one. */
interface Integration extends Ordered<Integration> {
  clientId: string
  /** The time since when the record is complete, in milliseconds since the epoch. */
  since: number
  /** The only request within the shown time, and the names it counts for: a timeline takes two hundred times the memory. */
  noted: readonly string[]
  notedAt: number
  /** Undefined until the second request within the shown time. */
  timeline: Timeline | undefined
}

export class IntegrationTimelines {
  readonly #most: number
  readonly #order = new UseOrder<Integration>()
  readonly #integrations = new Map<string, Integration>()
  /** Milliseconds since the epoch. Nothing was forgotten since then, so an integration without a record has been idle since. */
  #completeSince: number

  constructor(most: number, now: number) {
    this.#most = most
    this.#completeSince = now
  }

  /** Counts one request under each of the names. The array must not change later. */
  count(clientId: string, names: readonly string[], now: number): void {
    const integration = this.#integrations.get(clientId)
    if (integration === undefined) {
      this.#note(this.#begun(clientId, now), names, now)
      return
    }
    this.#order.use(integration)
    if (integration.timeline === undefined && !isShown(integration.notedAt, now)) {
      this.#note(integration, names, now)
      return
    }
    integration.timeline ??= timelineOf(integration)
    countAll(integration.timeline, names, now)
  }

  /** For reading. Returns a timeline of silence for an integration that did nothing. */
  of(clientId: string, now: number): Timeline {
    const integration = this.#integrations.get(clientId)
    if (integration === undefined) return new Timeline(this.#completeSince, now)
    return integration.timeline ?? timelineOf(integration)
  }

  /** For reading: the timeline of each client that made more than one request. */
  *timelines(): Generator<readonly [clientId: string, timeline: Timeline]> {
    for (const { clientId, timeline } of this.#integrations.values()) {
      if (timeline !== undefined) yield [clientId, timeline]
    }
  }

  #note(integration: Integration, names: readonly string[], now: number): void {
    integration.noted = names
    integration.notedAt = now
  }

  #begun(clientId: string, now: number): Integration {
    const unused = this.#order.size < this.#most ? undefined : this.#order.takeOldest()
    if (unused !== undefined) {
      this.#integrations.delete(unused.clientId)
      this.#completeSince = now
    }
    const since = this.#completeSince
    const integration = unused ?? {
      ...{ clientId, since, noted: [], notedAt: now, timeline: undefined },
      ...{ older: undefined, newer: undefined },
    }
    integration.clientId = clientId
    integration.since = since
    integration.timeline = undefined
    this.#integrations.set(clientId, integration)
    this.#order.add(integration)
    return integration
  }
}

function timelineOf({ since, noted, notedAt }: Integration): Timeline {
  const timeline = new Timeline(since, notedAt)
  countAll(timeline, noted, notedAt)
  return timeline
}

/** Counts one more for each of the names. */
export function countAll(timeline: Pick<Timeline, 'count'>, names: readonly string[], now: number): void {
  for (const name of names) timeline.count(name, now)
}
