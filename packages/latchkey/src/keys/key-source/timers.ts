// Timers behind an interface, so that a test can advance them together with its clock.

export interface Timers {
  /** Calls `act` after the given number of milliseconds, unless the caller calls the returned function first. */
  after(milliseconds: number, act: () => void): () => void
}

/** Timers that do not keep the process alive. */
export const systemTimers: Timers = {
  after: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds).unref()
    return () => {
      clearTimeout(timer)
    }
  },
}
