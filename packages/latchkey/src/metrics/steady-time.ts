// A clock that counts from the time of the start with the monotonic clock. Setting the wall clock does not affect it.
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'

export class SteadyTime {
  readonly #clock: Clock
  readonly #offset: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#offset = clock.now() * 1000 - clock.monotonic()
  }

  /** Returns the time in milliseconds since the epoch. */
  now(): number {
    return this.at(this.#clock.monotonic())
  }

  /** Converts a time of the monotonic clock to milliseconds since the epoch. */
  at(moment: number): number {
    return this.#offset + moment
  }
}

export const toSeconds = (milliseconds: number): EpochSeconds => Math.floor(milliseconds / 1000)
