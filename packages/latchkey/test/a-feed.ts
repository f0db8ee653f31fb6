// The feed over an in-memory store, for tests that count how much work the readers cause.
import { setImmediate as turn } from 'node:timers/promises'
import { EventStreamReader, type FeedEvent, LONGEST_FEED_MESSAGE, readFeedEvent } from '@latchkey/protocol'
import pino from 'pino'
import { PREDICT } from '../src/domain/reference-catalog.ts'
import { emptySlot, supersede } from '../src/domain/slot.ts'
import { FeedStreams } from '../src/http/public/feed/feed-streams.ts'
import type { Integrations } from '../src/ports/integrations.ts'
import type { SlotChanges } from '../src/ports/slot-changes.ts'
import { storedSlotChanges } from '../src/adapters/stored-slot-changes.ts'
import { feedPositionsOfOneProcess } from '../src/state/feed-positions.ts'
import { LiveState } from '../src/state/live-state.ts'
import { TestClock } from './a-server.ts'
import { newIntegration } from './a-store.ts'
import type { StallingLine } from './a-stalling-line.ts'

const GUARD = 'lkguard'

/** Makes a feed of this many integrations with one slot each. One more integration reads the feed. */
export function aFeed(integrations: number) {
  const live = new LiveState()
  const clock = new TestClock(1_800_000_000)
  const put = (clientId: string, generation: number): void => {
    const token = { generation, jti: `${clientId}-${String(generation)}`, issuedAt: 0, expiresAt: 2e9, audience: 'a' }
    const slot = supersede(emptySlot(1, PREDICT, true), token, 0, 0)
    live.put(clientId, { ...newIntegration(clientId), slots: [slot] })
  }
  put(GUARD, 1)
  for (let i = 0; i < integrations; i++) put(`lk${String(i)}`, 1)
  const changes = new CountedChanges(
    storedSlotChanges(
      live,
      feedPositionsOfOneProcess(() => clock.monotonic()),
    ),
  )
  const feed = new FeedStreams({
    changes,
    integrations: { find: (clientId) => Promise.resolve(live.find(clientId)) } as Integrations,
    clock,
    logger: pino({ level: 'silent' }),
    kids: () => ['kid'],
  })
  const integration = { ...newIntegration(GUARD).integration, resourceServerFor: [PREDICT] }
  live.put(GUARD, { integration, slots: live.find(GUARD)?.slots ?? [] })
  const open = async (line: StallingLine, { takesGzip = false } = {}): Promise<void> => {
    const requester = { address: '127.0.0.1', userAgent: '' }
    const follower = { client: { clientId: GUARD, credentialId: `sec_${GUARD}` }, requester, scopes: [PREDICT] }
    const request = { follower, acceptedAt: clock.monotonic(), takesGzip, lastEventId: undefined }
    feed.open(request, await line.answer())
  }
  return { feed, clock, changes, live, put, open }
}

/** Returns the events that this reader has received. */
export const eventsOn = (line: StallingLine): readonly FeedEvent[] => eventsIn(bodyOf(line))

export const bodyOf = (line: StallingLine): string => line.taken.slice(line.taken.indexOf('\r\n\r\n') + 4)

export const eventsIn = (text: string): readonly FeedEvent[] =>
  new EventStreamReader(LONGEST_FEED_MESSAGE)
    .read(text)
    .map(readFeedEvent)
    .filter((event) => typeof event !== 'string')

export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to that in time')
    await turn()
  }
}

/** Counts how often the whole table of slots was read. */
class CountedChanges implements SlotChanges {
  readonly #changes: SlotChanges
  snapshots = 0
  pieces = 0

  constructor(changes: SlotChanges) {
    this.#changes = changes
  }

  get position() {
    return this.#changes.position
  }

  async *all(most: number) {
    this.snapshots++
    for await (const piece of this.#changes.all(most)) {
      this.pieces++
      yield piece
    }
  }

  certificate = () => this.#changes.certificate()
  after = (position: number, most: number) => this.#changes.after(position, most)
  feedPositionAt = (position: number) => this.#changes.feedPositionAt(position)
  since = (place: string) => this.#changes.since(place)
  onChange = (listener: () => void) => {
    this.#changes.onChange(listener)
  }
}
