// A clock that follows the system clock, with the offset that a test sets.
import type { Clock } from '../ports/clock.ts'
import type { SteeredClock } from '../ports/mock-controls.ts'

export class MockClock implements Clock, SteeredClock {
  readonly #machine: Clock
  #passedSeconds = 0
  #steppedSeconds = 0

  constructor(machine: Clock) {
    this.#machine = machine
  }

  get offsetSeconds(): number {
    return this.#passedSeconds + this.#steppedSeconds
  }

  now(): number {
    return this.#machine.now() + this.offsetSeconds
  }

  monotonic(): number {
    return this.#machine.monotonic() + this.#passedSeconds * 1000
  }

  advance(seconds: number): void {
    if (seconds < 0) throw new RangeError('advance accepts no negative seconds: use step to set the clock back')
    this.#passedSeconds += seconds
  }

  step(seconds: number): void {
    this.#steppedSeconds += seconds
  }
}
