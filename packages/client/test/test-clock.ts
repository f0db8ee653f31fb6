// A clock that tests advance: hours pass within moments, while real sockets still work.
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../src/clock.ts'

const STEP_MS = 20

export class TestClock implements Clock {
  #now = 1_000_000
  readonly #waits = new Set<{ readonly until: number; readonly end: () => void }>()

  now(): number {
    return this.#now
  }

  wait(milliseconds: number, noLonger?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wait = { until: this.#now + milliseconds, end: resolve }
      this.#waits.add(wait)
      noLonger?.addEventListener('abort', () => {
        this.#waits.delete(wait)
        resolve()
      })
    })
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const wait of this.#waits) {
      if (wait.until > this.#now) continue
      this.#waits.delete(wait)
      wait.end()
    }
  }

  /** Advances the clock, twenty times as fast as real time, until the promise is settled. Returns its result. */
  async until<Value>(promise: Promise<Value>): Promise<Value> {
    const settled = new AbortController()
    const both = promise.finally(() => {
      settled.abort()
    })
    both.catch(() => undefined)
    while (!settled.signal.aborted) {
      await pause(1)
      this.advance(STEP_MS)
    }
    return both
  }
}
