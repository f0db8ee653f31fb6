// The activity of each integration in memory. An integration with a single request needs only a small record, and gets
// a timeline at its second request. If there are too many integrations, the least recently active integration is
// dropped.
import { isShown, Timeline } from './timeline.ts'
import { type Ordered, UseOrder } from './use-order.ts'

/** The record of an integration. When an integration is dropped, another integration reuses its record. */
interface Integration extends Ordered<Integration> {
  clientId: string
  /** The time since which the record contains all requests, in milliseconds since the epoch. */
  since: number
  /**
   * The names of the counts to which the only recent request adds. A timeline for a single request would need two
   * hundred times the memory.
   */
  noted: readonly string[]
  notedAt: number
  /** The timeline. Undefined while the integration has had only one recent request. */
  timeline: Timeline | undefined
}

export class IntegrationTimelines {
  readonly #most: number
  readonly #order = new UseOrder<Integration>()
  readonly #integrations = new Map<string, Integration>()
  /**
   * The time of the last drop of a record, in milliseconds since the epoch. An integration without a record has had no
   * request since this time.
   */
  #completeSince: number

  constructor(most: number, now: number) {
    this.#most = most
    this.#completeSince = now
  }

  /**
   * Counts one request under each of the names. The caller must not change the array later, because the record may
   * refer to it.
   */
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

  /**
   * Returns the timeline of an integration, or an empty timeline for an integration without requests. The caller must
   * not change the timeline.
   */
  of(clientId: string, now: number): Timeline {
    const integration = this.#integrations.get(clientId)
    if (integration === undefined) return new Timeline(this.#completeSince, now)
    return integration.timeline ?? timelineOf(integration)
  }

  /**
   * Yields the timelines of the clients that made more than one recent request. The caller must not change the
   * timelines.
   */
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

/** Adds one to the count of each name. */
export function countAll(timeline: Pick<Timeline, 'count'>, names: readonly string[], now: number): void {
  for (const name of names) timeline.count(name, now)
}
