// An instant on both clocks, and its greatest possible age.

/** Milliseconds. The two clocks have unrelated origins. */
export interface Moment {
  /** Stands still while some machines sleep. Is never set. */
  readonly monotonic: number
  /** Continues while the machine sleeps. Can be set. */
  readonly wall: number
}

export const present = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/**
 * In milliseconds: the larger of what the clocks say, so that neither a sleep nor a clock set back makes it younger.
 */
export const ageOf = ({ monotonic, wall }: Moment): number => Math.max(performance.now() - monotonic, Date.now() - wall)
