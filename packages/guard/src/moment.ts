// An instant by both clocks, and how long ago it was at most.

/** Milliseconds; the two say nothing about each other. */
export interface Moment {
  /** Stands still while some machines sleep, and is never set. */
  readonly monotonic: number
  /** Goes on while the machine sleeps, and can be set. */
  readonly wall: number
}

export const present = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/**
 * In milliseconds: the larger of what the clocks say, so that neither a sleep nor a clock set back makes it younger.
 */
export const ageOf = ({ monotonic, wall }: Moment): number => Math.max(performance.now() - monotonic, Date.now() - wall)
