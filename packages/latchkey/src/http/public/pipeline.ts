// The requests that one connection sends without waiting for answers: only so many of them are in work at a time.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Of one connection. More is no gain: whoever wants more at once opens another one. */
export const MOST_IN_WORK = 64

export class Pipeline {
  #last: ServerResponse | undefined
  readonly #socket: Socket
  #inWork = 0
  /** Requests that were parsed already, at most those of one read; no more is read before they are in work. */
  #waiting: (() => void)[] = []
  #isPaused = false
  #isStarting = false
  #isClosing = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** The answer to the request that came last, of those that are answered at all. */
  get last(): ServerResponse | undefined {
    return this.#last
  }

  /** A request has come, which gets this answer. */
  came(outgoing: ServerResponse): void {
    if (!this.#isClosing) this.#last = outgoing
  }

  /**
   * The connection ends with the answer to the request that came last. One that is on its way already says nothing of
   * it: then it ends with that to the next one.
   */
  leave(): void {
    if (this.#last?.headersSent !== true) this.#isClosing = true
  }

  /** Is it the answer with which the connection ends? With an earlier one those behind it would be lost. */
  endsWith(outgoing: ServerResponse): boolean {
    return this.#isClosing && outgoing === this.#last
  }

  /** Runs the work on a request, now or when it is its turn. `done` must be called once it is answered. */
  begin(work: () => void): void {
    if (this.#isClosing) return
    if (this.#inWork < MOST_IN_WORK) {
      this.#inWork += 1
      work()
      return
    }
    this.#waiting.push(work)
    if (!this.#isPaused) this.#pause()
  }

  /** The connection ends with the last answer: what comes behind would be done, and nobody told. */
  close(): void {
    this.#isClosing = true
  }

  done(): void {
    this.#inWork -= 1
    // Work that is done at once comes back here: it is one loop, however many wait.
    if (this.#isStarting) return
    this.#isStarting = true
    while (this.#inWork < MOST_IN_WORK && this.#waiting.length > 0) this.#startNext()
    this.#isStarting = false
    if (this.#isPaused && this.#inWork < MOST_IN_WORK) this.#resume()
  }

  #startNext(): void {
    const next = this.#waiting.shift()
    // For a connection that is gone nothing more is done.
    if (next === undefined || this.#socket.destroyed) return
    this.#inWork += 1
    next()
  }

  #pause(): void {
    this.#isPaused = true
    this.#socket.pause()
    // Node resumes the socket whenever a request has been answered or its body is asked for.
    this.#socket.on('resume', this.#pauseAgain)
  }

  #resume(): void {
    this.#isPaused = false
    this.#socket.off('resume', this.#pauseAgain)
    this.#socket.resume()
  }

  // A body that a request in work waits for still has to come.
  readonly #pauseAgain = (): void => {
    if (this.#waiting.length > 0) this.#socket.pause()
  }
}
