// Limits how many times an actor may do an action within a period.
import type { Clock } from '../../../ports/clock.ts'

/**
 * The largest number of actors in memory. At the limit, a new actor replaces the actor whose last action is the oldest.
 */
const MOST_ACTORS = 1000

export class ActorLimit {
  readonly #clock: Clock
  readonly #most: number
  readonly #milliseconds: number
  /** The times of each actor's last actions, in milliseconds on the monotonic clock. */
  readonly #acts = new Map<string, readonly number[]>()

  constructor(clock: Clock, { most, seconds }: { readonly most: number; readonly seconds: number }) {
    this.#clock = clock
    this.#most = most
    this.#milliseconds = seconds * 1000
  }

  /** Counts an action and returns 0. At the limit it counts nothing and returns the seconds to wait. */
  take(actor: string): number {
    const now = this.#clock.monotonic()
    const recent = (this.#acts.get(actor) ?? []).filter((at) => now - at < this.#milliseconds)
    const [oldest = now] = recent
    if (recent.length >= this.#most) return Math.max(1, Math.ceil((oldest + this.#milliseconds - now) / 1000))
    this.#acts.delete(actor)
    this.#acts.set(actor, [...recent, now])
    const [quietest] = this.#acts.keys()
    if (this.#acts.size > MOST_ACTORS && quietest !== undefined) this.#acts.delete(quietest)
    return 0
  }
}
