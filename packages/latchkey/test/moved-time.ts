// A clock and timers that only the test moves, for code that waits.
import type { Timers } from '../src/keys/key-source/timers.ts'
import type { Clock } from '../src/ports/clock.ts'

interface Alarm {
  readonly at: number
  readonly act: () => void
}

export class MovedTime implements Clock, Timers {
  #milliseconds = 0
  readonly #alarms = new Set<Alarm>()

  now(): number {
    return 1_800_000_000 + Math.floor(this.#milliseconds / 1000)
  }

  monotonic(): number {
    return this.#milliseconds
  }

  after(milliseconds: number, act: () => void): () => void {
    const alarm = { at: this.#milliseconds + milliseconds, act }
    this.#alarms.add(alarm)
    return () => {
      this.#alarms.delete(alarm)
    }
  }

  /** Lets time pass, and calls the callbacks that become due, in the order of their times. */
  advance(seconds: number): void {
    const end = this.#milliseconds + seconds * 1000
    for (;;) {
      const [next] = [...this.#alarms].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at)
      if (next === undefined) break
      this.#alarms.delete(next)
      this.#milliseconds = next.at
      next.act()
    }
    this.#milliseconds = end
  }
}
