// The time between a request to stop and the stop: probes get "not ready", and all other requests are served.
import { setTimeout } from 'node:timers/promises'
import { ServerDraining, type StoreHealth } from '../ports/store.ts'

/**
 * Without this time, requests are lost: those that a load balancer sends before it notices, and those of connections that
 * wait to be accepted when the listener closes.
 */
export class Drain {
  #hasBegun = false
  #isDelay = false

  /** True from the request to stop on: the server is not ready any more. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /**
   * True if a connection of `listener` ends with the last answer that it waits for. It does not in the moment between the
   * delay and the close: its client would open another one, which would wait in the queue of a listener that closes.
   */
  endsConnections({ listening }: { readonly listening: boolean }): boolean {
    return this.#isDelay || !listening
  }

  /** The health of a server that may be draining. It takes writes until its end, but is not ready any more. */
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
