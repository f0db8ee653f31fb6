// The connection to one reader: frames go out, plain or in a gzip stream, and it is known whether they are taken.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../ports/clock.ts'
import type { Frame } from './frame.ts'
import { GzipMember } from './gzip-member.ts'

/** Milliseconds in which a reader that was told why it ends has to take its last bytes. */
const FAREWELL_MS = 1000

export class FeedWire {
  readonly #answer: ServerResponse
  readonly #clock: Clock
  readonly #gzip: GzipMember | undefined
  #blockedSince: number | undefined
  #onFree: (() => void)[] = []

  /** @param answer with its head written. */
  constructor(answer: ServerResponse, clock: Clock, takesGzip: boolean, drained: () => void, closed: () => void) {
    this.#answer = answer
    this.#clock = clock
    this.#gzip = takesGzip ? new GzipMember() : undefined
    if (this.#gzip !== undefined) answer.write(this.#gzip.header)
    answer.on('drain', () => {
      this.#free()
      drained()
    })
    // A connection that broke is an end like any other.
    answer.on('error', () => answer.destroy())
    answer.once('close', () => {
      closed()
      this.#free()
    })
  }

  get takesGzip(): boolean {
    return this.#gzip !== undefined
  }

  /** What was sent waits to be read: send no more until it is. */
  get isBlocked(): boolean {
    return this.#blockedSince !== undefined
  }

  blockedFor(now: number): number {
    return this.#blockedSince === undefined ? 0 : now - this.#blockedSince
  }

  /** Resolves when it is not blocked any more, or gone. */
  async free(): Promise<void> {
    if (this.isBlocked) await new Promise<void>((resolve) => this.#onFree.push(resolve))
  }

  write(frame: Frame): void {
    this.#gzip?.count(frame.check)
    const isTaken = this.#answer.write(this.#gzip === undefined ? frame.plain : frame.blocks)
    if (!isTaken) this.#blockedSince ??= this.#clock.monotonic()
  }

  /** Whoever reads is left a moment for the last words. */
  end(last: Frame): void {
    if (this.isBlocked) {
      this.cut()
      return
    }
    this.write(last)
    this.#answer.end(this.#gzip?.trailer())
    setTimeout(() => this.#answer.destroy(), FAREWELL_MS).unref()
  }

  cut(): void {
    this.#answer.destroy()
  }

  #free(): void {
    this.#blockedSince = undefined
    for (const resolve of this.#onFree.splice(0)) resolve()
  }
}
