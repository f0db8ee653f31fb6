// All readers of the feed: how many there may be, when each is sent something, and when each has to go.
import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { type Follower, reviewFollower } from '../../../operations/follow-slots.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Integrations } from '../../../ports/integrations.ts'
import type { SlotChanges } from '../../../ports/slot-changes.ts'
import { Deflater } from './deflater.ts'
import { FeedChannel } from './feed-channel.ts'
import { type FeedEnd, FeedReader, type FeedRequest } from './feed-reader.ts'
import { Turns } from './turns.ts'

export const MOST_READERS = 500
/** Of one integration: the others are left a place. */
export const MOST_OF_ONE = 250

/** A right that ends, and a heartbeat that is due, are noticed within this many milliseconds. */
const CHECK_MS = 250
/** A reader that has taken nothing of what it was sent for so many milliseconds is cut off. */
const MOST_BLOCKED_MS = 10_000
const LIFETIME_MS = 3_600_000
/** Changes that come closer together than this are sent together. */
const LEAST_GAP_MS = 5
/** For each millisecond of sending, so many go to everything else. */
const SHARE = 5
/** But news waits no longer than this: a thread that was put aside while it sent has not worked for so long. */
const MOST_GAP_MS = 50

export interface FeedStreamsPorts {
  readonly changes: SlotChanges
  readonly integrations: Integrations
  readonly clock: Clock
  readonly logger: Logger
  /** The ids of the keys that are accepted now. */
  readonly kids: () => readonly string[]
}

export class FeedStreams {
  readonly #ports: FeedStreamsPorts
  readonly #turns = new Turns()
  readonly #deflater = new Deflater()
  readonly #channels = new Map<string, FeedChannel>()
  readonly #readers = new Set<FeedReader>()
  #timer: NodeJS.Timeout | undefined
  #isDue = false
  #notBefore = 0
  #isStopped = false

  constructor(ports: FeedStreamsPorts) {
    this.#ports = ports
    ports.changes.onChange(() => {
      if (!this.#isDue && this.#readers.size > 0) this.#sendSoon()
    })
  }

  get subscribers(): number {
    return this.#readers.size
  }

  /** For how many seconds the slowest reader has not taken what it was sent. */
  get lagSeconds(): number {
    const now = this.#ports.clock.monotonic()
    return Math.max(0, ...[...this.#readers].map((reader) => reader.blockedFor(now) / 1000))
  }

  hasRoomFor({ client: { clientId } }: Follower): boolean {
    if (this.#isStopped || this.#readers.size >= MOST_READERS) return false
    const own = [...this.#readers].filter(({ follower }) => follower.client.clientId === clientId)
    return own.length < MOST_OF_ONE
  }

  /** @param answer with its head written. */
  open(request: Omit<FeedRequest, 'channel'>, answer: ServerResponse): void {
    const { changes, clock, kids } = this.#ports
    const channel = this.#channelFor(request.follower)
    const ports = { changes, clock, kids, turns: this.#turns }
    const reader = new FeedReader(ports, { ...request, channel }, answer, (ended, end) => {
      this.#forget(ended, end)
    })
    this.#readers.add(reader)
    this.#timer ??= setInterval(() => {
      this.check().catch((cause: unknown) => {
        this.#ports.logger.error({ event: 'feed.failed', err: cause }, 'feed')
      })
    }, CHECK_MS).unref()
    this.#log('feed.opened', reader)
    reader.begin(request.lastEventId)
  }

  /** The set of accepted keys has changed. */
  tellKeys(): void {
    for (const reader of this.#readers) reader.sendKeys()
  }

  /** Everybody is told; from now on nobody is let in. */
  stop(): void {
    this.#isStopped = true
    for (const reader of this.#readers) reader.end('stopping')
  }

  /** Ends the streams whose time or whose right is over, and certifies to the others. */
  async check(): Promise<void> {
    const now = this.#ports.clock.monotonic()
    for (const reader of this.#readers) {
      if (reader.blockedFor(now) >= MOST_BLOCKED_MS) reader.cut()
      else if (now - reader.acceptedAt >= LIFETIME_MS) reader.end('time')
      else reader.beat()
    }
    // All at once: where somebody has to be asked, it is one question.
    const reviews = [...this.#readers].map(async (reader) => {
      const right = await reviewFollower(this.#ports, reader.follower)
      if (right !== 'unchanged') reader.end(right)
    })
    await Promise.all(reviews)
  }

  // The answers of the commit that is being published leave first.
  #sendSoon(): void {
    this.#isDue = true
    const wait = this.#notBefore - this.#ports.clock.monotonic()
    const send = (): void => {
      this.#send()
    }
    if (wait <= 0) setImmediate(send)
    else setTimeout(send, wait)
  }

  #send(): void {
    this.#isDue = false
    const begun = this.#ports.clock.monotonic()
    for (const reader of this.#readers) reader.advance()
    const ended = this.#ports.clock.monotonic()
    this.#notBefore = ended + Math.min(MOST_GAP_MS, Math.max(LEAST_GAP_MS, SHARE * (ended - begun)))
  }

  #channelFor({ scopes }: Follower): FeedChannel {
    const name = scopes.join(' ')
    const known =
      this.#channels.get(name) ??
      new FeedChannel({ changes: this.#ports.changes, turns: this.#turns, deflater: this.#deflater }, scopes)
    this.#channels.set(name, known)
    return known
  }

  #forget(reader: FeedReader, end: FeedEnd): void {
    this.#readers.delete(reader)
    this.#log('feed.closed', reader, end)
    if (this.#readers.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#channels.clear()
  }

  #log(event: string, { follower }: FeedReader, reason?: FeedEnd): void {
    const { clientId } = follower.client
    const known = { event, client_id: clientId, 'client.address': follower.requester.address }
    this.#ports.logger.info({ ...known, ...(reason !== undefined && { reason }) }, 'feed')
  }
}
