// The signing threads of a process: gathers what waits for a signature into batches, and gives each to an idle thread.
import { failAll, type SigningJob, SigningThread } from './signing-thread.ts'

/** A batch takes a thread half a millisecond with ES256. What is signed goes on to the commit while the rest waits. */
const LARGEST_BATCH = 64

export class SigningThreads {
  /** Started as they are needed: one signs faster than one main thread asks, unless many requests come at once. */
  readonly #threads: readonly SigningThread[]
  #waiting: SigningJob[] = []
  #isClosed = false

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => new SigningThread(this.#dispatch))
  }

  /** Starts the first thread, so that the first token does not wait for it. */
  start(): void {
    this.#threads[0]?.start()
  }

  sign(job: SigningJob): void {
    // What the sockets bring in the same turn of the event loop shares a message to the thread.
    if (this.#waiting.push(job) === 1) setImmediate(this.#dispatch)
  }

  /** What waits for its signature fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#dispatch()
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  readonly #dispatch = (): void => {
    if (this.#isClosed) failAll(this.#waiting.splice(0), new Error('the signer is closed'))
    while (this.#waiting.length > 0) {
      const thread = this.#threads.find(({ isIdle }) => isIdle)
      if (thread === undefined) return
      thread.sign(this.#takeBatch())
    }
  }

  /** The jobs at the head that have the same key: after a change of the key a batch keeps one `kid`. */
  #takeBatch(): readonly SigningJob[] {
    const key = this.#waiting[0]?.key
    let end = 0
    while (end < LARGEST_BATCH && this.#waiting[end]?.key === key && end < this.#waiting.length) end++
    return this.#waiting.splice(0, end)
  }
}
