// The signing threads of a process. The class collects tokens into batches, and gives each batch to an idle thread.
import { failAll, type SigningJob, SigningThread } from './signing-thread.ts'

/** The size of a batch, which takes 1.5 ms with ES256. On one core, batches of 16 are no faster than single tokens. */
const LARGEST_BATCH = 64

export class SigningThreads {
  /**
   * The largest number of threads. Each thread starts only when all earlier ones are busy, because one thread signs
   * faster than the main thread usually requests.
   */
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
    // Tokens that are requested in the same turn of the event loop share a message to the thread.
    if (this.#waiting.push(job) === 1) setImmediate(this.#dispatch)
  }

  /** Ends the threads. Tokens that are not signed yet fail. */
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

  /** Returns the first jobs that have the same key, because a batch has one `kid`. */
  #takeBatch(): readonly SigningJob[] {
    const key = this.#waiting[0]?.key
    let end = 0
    while (end < LARGEST_BATCH && this.#waiting[end]?.key === key && end < this.#waiting.length) end++
    return this.#waiting.splice(0, end)
  }
}
