// Admits each key once a minute, and only a limited number of keys. So its memory is limited too.

const MINUTE_MS = 60_000

export class MinuteGate {
  readonly #most: number
  /** The time of each admission, the oldest first. */
  readonly #passed = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** `moment`: milliseconds on the monotonic clock. */
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
