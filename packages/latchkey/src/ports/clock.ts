// The port for time. Code that needs the time gets this clock as an argument.
import type { EpochSeconds } from '../domain/slot.ts'

export interface Clock {
  /** Returns the wall clock, in whole seconds since the epoch. */
  now(): EpochSeconds
  /** Returns the monotonic clock, in milliseconds. Only for deadlines and durations. */
  monotonic(): number
}

/** One reading of another machine's clock, taken between two readings of this machine's clock. */
export interface ClockReading {
  readonly askedAt: EpochSeconds
  readonly answeredAt: EpochSeconds
  /** The other clock, in seconds since the epoch with a fraction. */
  readonly said: number
}
