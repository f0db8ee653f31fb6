// The time between the wish to stop and the stop: probes hear "not ready", and everything else is still served.
import { setTimeout } from 'node:timers/promises'
import { ServerLeaving, type StoreHealth } from '../ports/store.ts'

/**
 * What a load balancer sends while it does not know yet, and what stands in the queue of a listener that closes, would
 * be lost without it.
 */
export class Departure {
  #isUnderWay = false

  /** From then on a connection ends with the last answer that it waits for. */
  get isUnderWay(): boolean {
    return this.#isUnderWay
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
    if (delayMilliseconds > 0) await setTimeout(delayMilliseconds)
  }
}
