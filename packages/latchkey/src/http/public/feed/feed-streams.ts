// All readers of the feed. Limits the number of readers, paces the events to them, and ends their streams.
import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { type Follower, reviewFollower } from '../../../operations/follow-slots.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Integrations } from '../../../ports/integrations.ts'
import type { SlotChanges } from '../../../ports/slot-changes.ts'
import { Deflater } from './deflater.ts'
import { FeedChannel } from './feed-channel.ts'
import { type FeedEnd, FeedReader, type FeedRequest } from './feed-reader.ts'
import { FeedTurns } from './feed-turns.ts'

export const MOST_READERS = 500
/** The largest number of readers of one integration. The limit leaves room for the readers of other integrations. */
export const MOST_OF_ONE = 250

/** Milliseconds between two checks. A check finds readers that have lost their rights, and heartbeats that are due. */
const CHECK_MS = 250
/** Milliseconds after which the server disconnects a reader that takes no bytes. */
const MOST_BLOCKED_MS = 10_000
const LIFETIME_MS = 3_600_000
/** The shortest time between two sends, in milliseconds. Changes within this time are sent together. */
const LEAST_GAP_MS = 5
/** The time for other work between two sends, as a multiple of the time that the last send took. */
const SHARE = 5
/**
 * The longest pause between two sends, in milliseconds. If a send seems to have taken longer, the system probably
 * suspended the process during the send.
 */
const MOST_GAP_MS = 50

export interface FeedStreamsPorts {
  readonly changes: SlotChanges
  readonly integrations: Integrations
  readonly clock: Clock
  readonly logger: Logger
  /** The ids of the signing keys that are valid now. */
  readonly kids: () => readonly string[]
}

export class FeedStreams {
  readonly #ports: FeedStreamsPorts
  readonly #turns = new FeedTurns()
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

  /** For how many seconds the slowest reader has not taken the bytes that the server sent. */
  get lagSeconds(): number {
    const now = this.#ports.clock.monotonic()
    return Math.max(0, ...[...this.#readers].map((reader) => reader.blockedFor(now) / 1000))
  }

  hasRoomFor({ client: { clientId } }: Follower): boolean {
    if (this.#isStopped || this.#readers.size >= MOST_READERS) return false
    const own = [...this.#readers].filter(({ follower }) => follower.client.clientId === clientId)
    return own.length < MOST_OF_ONE
  }

  /** @param answer the response, whose status and headers are already written */
  open(request: Omit<FeedRequest, 'channel'>, answer: ServerResponse): void {
    const { changes, clock, kids } = this.#ports
    const channel = this.#channelFor(request.follower)
    const ended = (reader: FeedReader, end: FeedEnd): void => {
      this.#forget(reader, end)
    }
    const ports = { changes, clock, kids, turns: this.#turns, ended }
    const reader = new FeedReader(ports, { ...request, channel }, answer)
    this.#readers.add(reader)
    this.#timer ??= setInterval(() => {
      this.check().catch((cause: unknown) => {
        this.#ports.logger.error({ event: 'feed.failed', err: cause }, 'feed')
      })
    }, CHECK_MS).unref()
    this.#log('feed.opened', reader)
    reader.begin(request.lastEventId)
  }

  /** Sends the valid keys to all readers, after the set of keys has changed. */
  tellKeys(): void {
    for (const reader of this.#readers) reader.sendKeys()
  }

  /** Sends every reader a `bye` event and admits no new reader. */
  stop(): void {
    this.#isStopped = true
    for (const reader of this.#readers) reader.end('stopping')
  }

  /**
   * Ends the streams that have reached their longest lifetime or whose reader has lost its rights. Sends heartbeats to
   * the other streams.
   */
  async check(): Promise<void> {
    const now = this.#ports.clock.monotonic()
    for (const reader of this.#readers) {
      if (reader.blockedFor(now) >= MOST_BLOCKED_MS) reader.cut()
      else if (now - reader.acceptedAt >= LIFETIME_MS) reader.end('time')
      else reader.beat()
    }
    // Checks the rights of all readers together, so that they share one query.
    const reviews = [...this.#readers].map(async (reader) => {
      const right = await reviewFollower(this.#ports, reader.follower)
      if (right !== 'unchanged') reader.end(right)
    })
    await Promise.all(reviews)
  }

  // Waits for the next turn of the event loop, so that the server first answers the token requests whose commit caused
  // the changes.
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
