// The time of the start and what has passed since: minutes that follow each other, whatever is done to the wall clock.
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'

export class SteadyTime {
  readonly #clock: Clock
  readonly #offset: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#offset = clock.now() * 1000 - clock.monotonic()
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.at(this.#clock.monotonic())
  }

  /** Takes a moment on the monotonic clock. */
  at(moment: number): number {
    return this.#offset + moment
  }
}

export const toSeconds = (milliseconds: number): EpochSeconds => Math.floor(milliseconds / 1000)
