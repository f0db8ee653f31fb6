// One reader of the feed. The server sends a snapshot and then changes. The server buffers at most one frame for a
// reader.
import type { ServerResponse } from 'node:http'
import { type ByeReason, FEED_VERSION, type ResetReason } from '@latchkey/protocol'
import type { Follower } from '../../../operations/follow-slots.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Certificate, SlotChanges } from '../../../ports/slot-changes.ts'
import type { FeedChannel } from './feed-channel.ts'
import { FeedWire } from './feed-wire.ts'
import { Frame } from './frame.ts'
import type { Snapshot } from './snapshot.ts'
import type { FeedTurns } from './feed-turns.ts'

/** Milliseconds between two heartbeats. */
export const HEARTBEAT_MS = 1000

export interface FeedReaderPorts {
  readonly clock: Clock
  readonly changes: SlotChanges
  readonly turns: FeedTurns
  /** The ids of the signing keys that are valid now. */
  readonly kids: () => readonly string[]
  /** A function that the reader calls once, when its stream has ended. */
  readonly ended: (reader: FeedReader, end: FeedEnd) => void
}

export interface FeedRequest {
  readonly follower: Follower
  readonly channel: FeedChannel
  /** The cursor from which the stream continues. Undefined for a new reader. */
  readonly lastEventId: string | undefined
  readonly takesGzip: boolean
  /** When the server accepted the request, in milliseconds on the monotonic clock. */
  readonly acceptedAt: number
}

/** `gone` means that the reader closed the connection. */
export type FeedEnd = ByeReason | 'gone'

export class FeedReader {
  readonly follower: Follower
  readonly acceptedAt: number
  readonly #ports: FeedReaderPorts
  readonly #channel: FeedChannel
  readonly #wire: FeedWire
  /** Every change up to this position was sent or is part of the snapshot. */
  #position = 0
  #phase: 'beginning' | 'completing' | 'following' | 'ended' = 'beginning'
  #nextBeat = 0

  constructor(
    ports: FeedReaderPorts,
    { follower, acceptedAt, channel, takesGzip }: FeedRequest,
    answer: ServerResponse,
  ) {
    this.#ports = ports
    this.follower = follower
    this.acceptedAt = acceptedAt
    this.#channel = channel
    this.#wire = new FeedWire(answer, {
      clock: ports.clock,
      takesGzip,
      drained: () => {
        this.advance()
      },
      closed: () => {
        this.#over('gone')
      },
    })
  }

  blockedFor(now: number): number {
    return this.#wire.blockedFor(now)
  }

  begin(lastEventId: string | undefined): void {
    const { scopes } = this.#channel
    this.#wire.write(Frame.of({ name: 'hello', version: FEED_VERSION, scopes, heartbeat: HEARTBEAT_MS }))
    this.sendKeys()
    if (lastEventId === undefined) {
      void this.#reset('new')
      return
    }
    void this.#resume(lastEventId)
  }

  sendKeys(): void {
    if (this.#phase !== 'ended') this.#wire.write(Frame.of({ name: 'keys', kids: this.#ports.kids() }))
  }

  /** Sends the pending changes until the connection is blocked. */
  advance(): void {
    while ((this.#phase === 'completing' || this.#phase === 'following') && !this.#wire.isBlocked) {
      const delta = this.#channel.after(this.#position)
      if (delta === undefined) {
        this.end('too_slow')
        return
      }
      if (delta.position === this.#position) {
        this.#upToDate()
        return
      }
      if (delta.frame !== undefined) this.#wire.write(delta.frame)
      this.#position = delta.position
    }
  }

  /**
   * Sends a heartbeat if it is due. The heartbeat certifies that the reader has every change up to the moment of its
   * certificate.
   */
  beat(): void {
    const now = this.#ports.clock.monotonic()
    if (this.#phase !== 'following' || this.#wire.isBlocked || now < this.#nextBeat) return
    this.#nextBeat = now + HEARTBEAT_MS
    // Reads the certificate (the position in the feed up to which all changes are known) before it sends the changes. A
    // change between these two steps is sent, but the heartbeat does not certify it.
    const certificate = this.#ports.changes.certificate()
    this.advance()
    // A heartbeat that could not be sent is tried again at the next check.
    if (certificate === undefined || !this.#certify(certificate)) this.#nextBeat = now
  }

  end(reason: ByeReason): void {
    if (!this.#over(reason)) return
    this.#wire.end(Frame.of({ name: 'bye', reason }))
  }

  /** Closes the connection without a `bye` event, because the reader would not read the event. */
  cut(): void {
    if (this.#over('too_slow')) this.#wire.cut()
  }

  async #resume(cursor: string): Promise<void> {
    const place = this.#channel.place(cursor)
    const missed = place === undefined ? 'unknown' : await this.#ports.changes.since(place)
    if (this.#isOver) return
    if (typeof missed === 'string') {
      await this.#reset(missed)
      return
    }
    this.#position = missed.position
    for (const slots of missed.pieces) {
      if (!(await this.#send(() => this.#channel.missed(slots)))) return
    }
    this.#follow('following')
  }

  async #reset(reason: ResetReason): Promise<void> {
    this.#wire.write(Frame.of({ name: 'reset', reason }))
    const isThrough = await this.#channel.withSnapshot((snapshot) => this.#sendSnapshot(snapshot))
    if (isThrough) this.#follow('completing')
  }

  /** Sends the frames of a snapshot. Resolves with false if the stream ended before the last frame. */
  async #sendSnapshot(snapshot: Snapshot): Promise<boolean> {
    // The reader gets the changes since the start of the snapshot after the last frame.
    this.#position = snapshot.position
    for (let number = 0; !this.#isOver; number++) {
      const frame = await snapshot.frame(number)
      if (frame === undefined) return !this.#isOver
      await this.#send(() => frame)
      // The reader cannot use the snapshot if the change buffer no longer has the changes since the start of the
      // snapshot.
      if (this.#ports.changes.after(this.#position, 1) === undefined) this.end('too_slow')
    }
    return false
  }

  /** Makes and sends a frame in its own turn of the event loop. Resolves with false if the stream has ended. */
  async #send(frameOf: () => Frame | undefined): Promise<boolean> {
    await this.#ports.turns.take(() => {
      const frame = this.#isOver ? undefined : frameOf()
      if (frame !== undefined) this.#wire.write(frame)
    })
    await this.#wire.free()
    return !this.#isOver
  }

  #follow(phase: 'completing' | 'following'): void {
    this.#phase = phase
    this.advance()
  }

  get #isOver(): boolean {
    return this.#phase === 'ended'
  }

  #upToDate(): void {
    if (this.#phase === 'completing') {
      this.#phase = 'following'
      this.#wire.write(Frame.of({ name: 'snapshot-end' }, this.#channel.cursor(this.#position)))
    }
    // Only a heartbeat confirms that the reader's data is current, so the first heartbeat does not wait for the
    // interval.
    if (this.#nextBeat === 0) this.beat()
  }

  /**
   * Sends a heartbeat for the certificate. Returns false and sends nothing if the connection is blocked, if changes up
   * to the certified position are not sent yet, or if the certificate is older than this stream.
   */
  #certify({ position, readAt }: Certificate): boolean {
    const t = Math.floor(readAt - this.acceptedAt)
    if (this.#phase !== 'following' || this.#wire.isBlocked || this.#position < position || t < 0) return false
    this.#wire.write(Frame.of({ name: 'heartbeat', t }, this.#channel.cursor(position)))
    return true
  }

  /** Marks the stream as ended and reports its end. Returns false if the stream had ended before. */
  #over(end: FeedEnd): boolean {
    if (this.#phase === 'ended') return false
    this.#phase = 'ended'
    this.#ports.ended(this, end)
    return true
  }
}
