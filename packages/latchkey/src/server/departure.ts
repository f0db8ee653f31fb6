// The time between the wish to stop and the stop: probes hear "not ready", and everything else is still served.
import { setTimeout } from 'node:timers/promises'
import { ServerLeaving, type StoreHealth } from '../ports/store.ts'

/**
 * What a load balancer sends while it does not know yet, and what stands in the queue of a listener that closes, would
 * be lost without it.
 */
export class Departure {
  #isUnderWay = false
  #isDelay = false

  /** True from the wish to stop on: the server is not ready any more. */
  get isUnderWay(): boolean {
    return this.#isUnderWay
  }

  /**
   * True if a connection of `listener` ends with the last answer that it waits for. It does not in the moment between the
   * delay and the close: its client would open another one, which would wait in the queue of a listener that closes.
   */
  endsConnections({ listening }: { readonly listening: boolean }): boolean {
    return this.#isDelay || !listening
  }

  /** The health of a server that may be leaving: it takes writes until its end, and is not ready any more. */
  healthOf(store: StoreHealth): Pick<StoreHealth, 'proveWrite' | 'current'> {
    return {
      proveWrite: async () => {
        if (this.#isUnderWay) throw new ServerLeaving('the server is about to stop')
        await store.proveWrite()
      },
      current: () => store.current(),
    }
  }

  /** Resolves when the delay is over. */
  async begin(delayMilliseconds: number): Promise<void> {
    this.#isUnderWay = true
    if (delayMilliseconds === 0) return
    this.#isDelay = true
    await setTimeout(delayMilliseconds)
    this.#isDelay = false
  }
}
