// The open event streams: how many there may be, how long each lives, and what becomes of a reader that is too slow.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../ports/clock.ts'
import type { LiveEvent, LiveEvents, Subscription } from '../../../ports/live-events.ts'
import { frameOf } from './live-event-view.ts'

export const MOST_STREAMS = 100
const LIFETIME_MS = 3_600_000
const HEARTBEAT_MS = 15_000
/** A key that ends is noticed within a second. */
const CHECK_MS = 500
/** Bytes that wait for a reader. One that leaves more than these behind is cut off, and may come back with its last id. */
const MOST_BEHIND = 1024 * 1024

/** Milliseconds after which a reader whose stream broke off asks again. */
const RETRY = Buffer.from('retry: 2000\n')
// Bytes: Node 26.10 never says that a text of more bytes than characters has drained.
const HEARTBEAT = Buffer.from(':\n\n')
const RESET = Buffer.from('event: reset\ndata: {}\n\n')

/** One who watches. */
export interface Reader {
  /** With its head written. */
  readonly answer: ServerResponse
  /** Of the last event that it knows of; undefined when it only wants what comes. */
  readonly lastEventId: string | undefined
  /** Whether it may still watch. Asked before each thing that it is told. */
  readonly isAdmitted: () => boolean
}

interface Stream extends Reader {
  readonly subscription: Subscription
  readonly openedAt: number
  wroteAt: number
}

export class EventStreams {
  readonly #events: LiveEvents
  readonly #clock: Clock
  readonly #streams = new Set<Stream>()
  #timer: NodeJS.Timeout | undefined

  constructor(events: LiveEvents, clock: Clock) {
    this.#events = events
    this.#clock = clock
  }

  get isFull(): boolean {
    return this.#streams.size >= MOST_STREAMS
  }

  open(reader: Reader): void {
    const { answer, lastEventId } = reader
    const openedAt = this.#clock.monotonic()
    const subscription = this.#events.subscribe((event) => {
      this.#write(stream, frameOf(event))
    })
    const stream: Stream = { ...reader, subscription, openedAt, wroteAt: openedAt }
    this.#streams.add(stream)
    this.#timer ??= setInterval(() => {
      this.check()
    }, CHECK_MS).unref()
    answer.on('drain', () => {
      subscription.caughtUp()
    })
    answer.once('close', () => {
      this.#forget(stream)
    })
    this.#write(stream, Buffer.concat([RETRY, ...this.#beginning(lastEventId)]))
  }

  /** Ends the streams whose time or whose right is over, and lets the others know that somebody is there. */
  check(): void {
    const now = this.#clock.monotonic()
    for (const stream of this.#streams) {
      if (now - stream.openedAt >= LIFETIME_MS || !stream.isAdmitted()) this.#end(stream)
      else if (now - stream.wroteAt >= HEARTBEAT_MS) this.#write(stream, HEARTBEAT)
    }
  }

  endAll(): void {
    for (const stream of this.#streams) this.#end(stream)
  }

  /** What the reader missed, or the word that it is not known any more; else only where the stream is. */
  #beginning(lastEventId: string | undefined): readonly Buffer[] {
    // An event without data is not dispatched, but its id is remembered.
    const here = Buffer.from(`id: ${this.#events.lastId}\n\n`)
    if (lastEventId === undefined) return [here]
    const missed: readonly LiveEvent[] | undefined = this.#events.after(lastEventId)
    return [here, ...(missed === undefined ? [RESET] : missed.map(frameOf))]
  }

  #write(stream: Stream, bytes: Buffer): void {
    const { answer, subscription, isAdmitted } = stream
    if (!isAdmitted()) {
      this.#end(stream)
      return
    }
    stream.wroteAt = this.#clock.monotonic()
    if (answer.write(bytes)) return
    if (answer.writableLength > MOST_BEHIND) {
      this.#forget(stream)
      answer.destroy()
    } else subscription.fellBehind()
  }

  #end(stream: Stream): void {
    this.#forget(stream)
    stream.answer.end()
  }

  #forget(stream: Stream): void {
    stream.subscription.end()
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
