// Timers, as a parameter: a test moves them together with its clock.

export interface Timers {
  /** Calls `act` after so many milliseconds, unless the returned function was called before. */
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
