// The open event streams. The server limits their number and lifetime, and disconnects a reader that is too slow.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../ports/clock.ts'
import type { LiveEvent, LiveEvents, Subscription } from '../../../ports/live-events.ts'
import { frameOf } from './live-event-view.ts'

export const MOST_STREAMS = 100
const LIFETIME_MS = 3_600_000
const HEARTBEAT_MS = 15_000
/**
 * The time between two checks in milliseconds. Each check ends the streams of readers who may no longer read the
 * events.
 */
const CHECK_MS = 500
/**
 * The largest number of bytes that may wait for a reader. The server disconnects a slower reader, which can resume with
 * its last id.
 */
const MOST_BEHIND = 1024 * 1024

/** The milliseconds that a reader waits before it reconnects. */
const RETRY = Buffer.from('retry: 2000\n')
// Each message is a Buffer, because Node 26.10 never reports a drain for a text with more bytes than characters.
const HEARTBEAT = Buffer.from(':\n\n')
const RESET = Buffer.from('event: reset\ndata: {}\n\n')

/** A reader of the stream. */
export interface Reader {
  /** The response. Its status and headers are already written. */
  readonly answer: ServerResponse
  /** The id of the last event that the reader has. Undefined if it wants only new events. */
  readonly lastEventId: string | undefined
  /** Returns true while the reader may get events. Called before each event is sent. */
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

  /**
   * Ends the streams that have reached their longest lifetime or whose reader has lost its rights. Sends a heartbeat to
   * the other streams.
   */
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

  /**
   * Returns the present position, then the events that the reader missed, or `reset` if the server no longer has them.
   */
  #beginning(lastEventId: string | undefined): readonly Buffer[] {
    // The message has only an id. A browser dispatches no event without data, but keeps its id.
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
