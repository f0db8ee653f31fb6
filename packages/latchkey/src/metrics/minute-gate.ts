// Admits each key at most once a minute, and only a limited number of keys a minute, so that its memory is limited.

const MINUTE_MS = 60_000

export class MinuteGate {
  readonly #most: number
  /** The time at which each key was last admitted, the oldest first. */
  readonly #passed = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Returns true and records the key if the gate admits it. `moment` is in milliseconds of the monotonic clock. */
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
