// The wish to stop: during the start it ends the process, later the first one is a request and a SIGINT after it is an order.
import { constants } from 'node:os'

export type StopSignal = 'SIGINT' | 'SIGTERM'

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM']

/** Handled from the beginning: to the first process of a container a signal without a handler means nothing. */
export class StopSignals {
  #heed: (signal: StopSignal) => void = endNow
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#heed(signal as StopSignal)
  }

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  /** What was to be ended in order has ended: a signal means again what it means to any program. */
  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
  }

  /** The start is over. Resolves with the first signal from now on. */
  requested(): Promise<StopSignal> {
    return new Promise((resolve) => {
      this.#heed = (signal) => {
        this.#heed = (next) => {
          if (next === 'SIGINT') endNow(next)
        }
        resolve(signal)
      }
    })
  }
}

/**
 * By the signal itself: an exit would wait for threads, and one of them may be waiting for a disk that does not answer.
 * What it leaves half done is what any kill leaves.
 */
function endNow(signal: StopSignal): never {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // Still here: the first process of a container survives it. The exit code is the one that shells give to that death.
  process.exit(128 + constants.signals[signal])
}
