// The signing threads of a process. Collects tokens into batches, and gives each batch to an idle thread.
import { failAll, type SigningJob, SigningThread } from './signing-thread.ts'

/**
 * The largest number of tokens in a batch. A full batch takes 1.5 ms with ES256. On one core, batches of 16 tokens are
 * no faster than single tokens.
 */
const LARGEST_BATCH = 64

export class SigningThreads {
  /**
   * The threads, some of which may not run yet. A thread starts only when all threads before it are busy, because one
   * thread usually keeps up with the requests of the main thread.
   */
  readonly #threads: readonly SigningThread[]
  #waiting: SigningJob[] = []
  #isClosed = false

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => new SigningThread(this.#dispatch))
  }

  /** Starts the first thread, so that the first token does not wait for the thread to start. */
  start(): void {
    this.#threads[0]?.start()
  }

  sign(job: SigningJob): void {
    // Tokens that are requested in the same turn of the event loop are sent to the thread in one message.
    if (this.#waiting.push(job) === 1) setImmediate(this.#dispatch)
  }

  /** Ends the threads. The jobs of all tokens that are not signed yet fail. */
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

  /** Removes and returns the first waiting jobs that have the same key, because a batch has only one key. */
  #takeBatch(): readonly SigningJob[] {
    const key = this.#waiting[0]?.key
    let end = 0
    while (end < LARGEST_BATCH && this.#waiting[end]?.key === key && end < this.#waiting.length) end++
    return this.#waiting.splice(0, end)
  }
}
