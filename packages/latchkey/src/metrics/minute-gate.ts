// Admits each key once a minute, and only a limited number of keys, so that its memory is limited.

const MINUTE_MS = 60_000

export class MinuteGate {
  readonly #most: number
  /** The time at which each key was admitted, the oldest first. */
  readonly #passed = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Returns true if the key is admitted. `moment` is in milliseconds on the monotonic clock. */
  admits(key: string, moment: number): boolean {
    for (const [oldest, at] of this.#passed) {
      if (moment - at < MINUTE_MS) break
      this.#passed.delete(oldest)
    }
    if (this.#passed.has(key) || this.#passed.size >= this.#most) return false
    this.#passed.set(key, moment)
    return true
  }
}
