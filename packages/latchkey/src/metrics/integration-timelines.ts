// The activity of each integration. A record first has a single request, and later a timeline. The integrations that
// were idle longest are dropped first.
import { isShown, Timeline } from './timeline.ts'
import { type Ordered, UseOrder } from './use-order.ts'

/** The activity of an integration. When an integration is dropped, its record is used for the next one. */
interface Integration extends Ordered<Integration> {
  clientId: string
  /** The record is complete since this time, in milliseconds since the epoch. */
  since: number
  /**
   * The only request within the shown time, with the names under which it counts. A timeline would need two hundred
   * times the memory.
   */
  noted: readonly string[]
  notedAt: number
  /** The timeline. Undefined until the second request within the shown time. */
  timeline: Timeline | undefined
}

export class IntegrationTimelines {
  readonly #most: number
  readonly #order = new UseOrder<Integration>()
  readonly #integrations = new Map<string, Integration>()
  /**
   * Milliseconds since the epoch. No record was dropped since this time, so an integration without a record has been
   * idle since then.
   */
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

  /**
   * Returns the timeline of an integration, which must not be changed. Returns an empty timeline for an integration
   * without requests.
   */
  of(clientId: string, now: number): Timeline {
    const integration = this.#integrations.get(clientId)
    if (integration === undefined) return new Timeline(this.#completeSince, now)
    return integration.timeline ?? timelineOf(integration)
  }

  /** Returns the timelines of the clients that made more than one request. They must not be changed. */
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
