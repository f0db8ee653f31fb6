// The delay between a stop signal and the stop. During the delay, probes get "not ready", and the server still answers
// all other requests.
import { setTimeout } from 'node:timers/promises'
import { ServerDraining, type StoreHealth } from '../ports/store.ts'

/**
 * Without the delay, two kinds of requests would be lost: those that a load balancer sends before it notices the stop,
 * and those on connections that still wait to be accepted when the listener closes.
 */
export class Drain {
  #hasBegun = false
  #isDelay = false

  /** True after the stop signal: the server is no longer ready. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /**
   * True if the server closes a connection of `listener` after it has answered the last request on it. False after the
   * delay until the listener closes: clients would then open new connections, and the closing listener would lose those
   * that it has not accepted yet.
   */
  endsConnections({ listening }: { readonly listening: boolean }): boolean {
    return this.#isDelay || !listening
  }

  /**
   * The health of the store as the server reports it. During a drain, the server is not ready, although its store
   * accepts writes until the end.
   */
  healthOf(store: StoreHealth): Pick<StoreHealth, 'proveWrite' | 'current'> {
    return {
      proveWrite: async () => {
        if (this.#hasBegun) throw new ServerDraining('the server is about to stop')
        await store.proveWrite()
      },
      current: () => store.current(),
    }
  }

  /** Resolves when the delay is over. */
  async begin(delayMilliseconds: number): Promise<void> {
    this.#hasBegun = true
    if (delayMilliseconds === 0) return
    this.#isDelay = true
    await setTimeout(delayMilliseconds)
    this.#isDelay = false
  }
}
