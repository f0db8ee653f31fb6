// The port for the clock. Code that needs the time gets a clock as an argument, so that tests can set the time.
import type { EpochSeconds } from '../domain/slot.ts'

export interface Clock {
  /** Returns the time of the wall clock in whole seconds since the epoch. */
  now(): EpochSeconds
  /** Returns the time of the monotonic clock in milliseconds. Use it for deadlines and durations only. */
  monotonic(): number
}

/** One reading of another machine's clock, taken between two readings of this machine's clock. */
export interface ClockReading {
  readonly askedAt: EpochSeconds
  readonly answeredAt: EpochSeconds
  /** The time of the other machine's clock, in seconds since the epoch with a fraction. */
  readonly said: number
}
