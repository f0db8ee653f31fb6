// Time, as an argument to everything that asks for it.
import type { EpochSeconds } from '../domain/slot.ts'

export interface Clock {
  /** Wall clock, whole seconds since the epoch. */
  now(): EpochSeconds
  /** Milliseconds of a clock that no one sets; for deadlines and durations only. */
  monotonic(): number
}

/** What another machine's clock said between two moments of this one. */
export interface ClockReading {
  readonly askedAt: EpochSeconds
  readonly answeredAt: EpochSeconds
  /** Seconds since the epoch, with their fraction. */
  readonly said: number
}
