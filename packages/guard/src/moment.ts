// An instant on the monotonic clock and on the wall clock, and the largest possible age of that instant.

/** Milliseconds on two clocks that start at different times. */
export interface Moment {
  /** The monotonic clock. It stands still while some machines sleep, and is never set. */
  readonly monotonic: number
  /** The wall clock. It continues while the machine sleeps, and can be set. */
  readonly wall: number
}

export const present = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/**
 * Returns the age in milliseconds: the larger of the ages by the two clocks. Neither a sleep of the machine nor a clock
 * that was set back makes the instant look younger.
 */
export const ageOf = ({ monotonic, wall }: Moment): number => Math.max(performance.now() - monotonic, Date.now() - wall)
