// Logs the requests that the server cannot answer during an outage of the store, in at most one line a second.
import { type Logger, reasonOf } from '../log.ts'
import type { StoreUnavailable } from '../ports/store.ts'

const PAUSE_MILLISECONDS = 1000

export class OutageLog {
  readonly #logger: Logger
  #pause: NodeJS.Timeout | undefined
  #unlogged = 0
  #last: StoreUnavailable | undefined

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * Logs the first request at once. Counts the requests of the following second, and logs their number when the second
   * ends.
   */
  add(requestId: string, cause: StoreUnavailable): void {
    if (this.#pause === undefined) {
      const reason = reasonOf(cause)
      this.#logger.warn({ event: 'store.unavailable', request_id: requestId, reason }, 'request not answered')
      this.#wait()
      return
    }
    this.#unlogged += 1
    this.#last = cause
  }

  #wait(): void {
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      if (this.#unlogged === 0) return
      const requests = this.#unlogged
      this.#unlogged = 0
      const reason = reasonOf(this.#last)
      this.#logger.warn({ event: 'store.unavailable', requests, reason }, 'requests not answered')
      this.#wait()
    }, PAUSE_MILLISECONDS).unref()
  }
}
