// The connection to one reader. It sends frames, plain or in a gzip stream, and reports whether the reader is too slow.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../ports/clock.ts'
import type { Frame } from './frame.ts'
import { GzipMember } from './gzip-member.ts'

/** The milliseconds in which a reader must take its last bytes after a `bye` event. */
const DRAIN_MS = 1000

export interface FeedWireOptions {
  readonly clock: Clock
  readonly takesGzip: boolean
  /** A function that the connection calls when the reader has taken all bytes that were sent. */
  readonly drained: () => void
  readonly closed: () => void
}

export class FeedWire {
  readonly #answer: ServerResponse
  readonly #clock: Clock
  readonly #gzip: GzipMember | undefined
  #blockedSince: number | undefined
  #onFree: (() => void)[] = []

  /** @param answer the response, whose status and headers are already written */
  constructor(answer: ServerResponse, { clock, takesGzip, drained, closed }: FeedWireOptions) {
    this.#answer = answer
    this.#clock = clock
    this.#gzip = takesGzip ? new GzipMember() : undefined
    if (this.#gzip !== undefined) answer.write(this.#gzip.header)
    answer.on('drain', () => {
      this.#free()
      drained()
    })
    // An error of the connection ends the stream like any other close.
    answer.on('error', () => answer.destroy())
    answer.once('close', () => {
      closed()
      this.#free()
    })
  }

  get takesGzip(): boolean {
    return this.#gzip !== undefined
  }

  /** True while the reader has not taken all bytes that were sent. The caller must then send no further frame. */
  get isBlocked(): boolean {
    return this.#blockedSince !== undefined
  }

  blockedFor(now: number): number {
    return this.#blockedSince === undefined ? 0 : now - this.#blockedSince
  }

  /** Resolves when the connection is no longer blocked, or when it is closed. */
  async free(): Promise<void> {
    if (this.isBlocked) await new Promise<void>((resolve) => this.#onFree.push(resolve))
  }

  write(frame: Frame): void {
    this.#gzip?.count(frame.check)
    const isTaken = this.#answer.write(this.#gzip === undefined ? frame.plain : frame.blocks)
    if (!isTaken) this.#blockedSince ??= this.#clock.monotonic()
  }

  /** Sends the last frame. Closes the connection after `DRAIN_MS`, so that the reader can take the frame. */
  end(last: Frame): void {
    if (this.isBlocked) {
      this.cut()
      return
    }
    this.write(last)
    this.#answer.end(this.#gzip?.trailer())
    setTimeout(() => this.#answer.destroy(), DRAIN_MS).unref()
  }

  cut(): void {
    this.#answer.destroy()
  }

  #free(): void {
    this.#blockedSince = undefined
    for (const resolve of this.#onFree.splice(0)) resolve()
  }
}
