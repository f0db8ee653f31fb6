// Stop signals. While the server starts, a signal ends the process. Later the first signal starts a drain, and a SIGINT
// during the drain ends the process at once.
import { constants } from 'node:os'

export type StopSignal = 'SIGINT' | 'SIGTERM'

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM']

/** Installs its handlers at once, because the first process of a container ignores a signal that has no handler. */
export class StopSignals {
  #heed: (signal: StopSignal) => void = endNow
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#heed(signal as StopSignal)
  }

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  /** Removes the handlers. A signal then ends the process, as it does by default. */
  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
  }

  /** Called when the start is complete. Resolves when the next signal comes. */
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
 * Ends the process by the signal itself. `process.exit` would wait for the worker threads, and one of these threads may
 * wait for a disk that does not answer.
 */
function endNow(signal: StopSignal): never {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // The first process of a container survives this signal, so it exits with 128 plus the number of the signal, as
  // shells report it.
  process.exit(128 + constants.signals[signal])
}
