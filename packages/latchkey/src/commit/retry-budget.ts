// How long work waits for a store that has stopped answering: some time after it came, and never in a crowd.
import type { Work } from './work.ts'

const LOOK_EVERY_MS = 50
/** More would only wait for the deadline, each with an open connection. */
const MOST_HELD = 4096

/** So often may another change come first, before the caller is told to ask again. */
const MOST_TRIES = 20

export class RetryBudget {
  readonly #milliseconds: number
  readonly #giveUp: (work: Work) => void
  readonly #came = new WeakMap<Work, number>()
  /** Held over a failure until then. */
  readonly #held = new Map<Work, number>()
  readonly #givenUp = new WeakSet<Work>()
  readonly #tries = new WeakMap<Work, number>()
  #timer: NodeJS.Timeout | undefined

  /** `giveUp` is called once for each piece of work whose time is over, also when it is under way. */
  constructor(milliseconds: number, giveUp: (work: Work) => void) {
    this.#milliseconds = milliseconds
    this.#giveUp = giveUp
  }

  /** From now on the work's time runs. */
  came(work: Work): void {
    if (this.#milliseconds > 0) this.#came.set(work, performance.now())
  }

  /** The store failed and the work waits for its return; false when its time is over or too much is held already. */
  hold(work: Work): boolean {
    if (this.#held.has(work)) return true
    const until = (this.#came.get(work) ?? 0) + this.#milliseconds
    if (until <= performance.now() || this.#held.size >= MOST_HELD) return false
    this.#held.set(work, until)
    this.#timer ??= setInterval(() => {
      this.#look()
    }, LOOK_EVERY_MS)
    return true
  }

  /** Another change came first once more. */
  isWorthAnother(work: Work): boolean {
    const tries = (this.#tries.get(work) ?? 0) + 1
    this.#tries.set(work, tries)
    return tries < MOST_TRIES
  }

  isGivenUp(work: Work): boolean {
    return this.#givenUp.has(work)
  }

  /** It was answered. */
  release(work: Work): void {
    if (this.#held.size === 0) return
    this.#held.delete(work)
    this.#endIfNone()
  }

  #look(): void {
    const now = performance.now()
    for (const [work, until] of this.#held) {
      if (until > now) continue
      this.#held.delete(work)
      this.#givenUp.add(work)
      this.#giveUp(work)
    }
    this.#endIfNone()
  }

  #endIfNone(): void {
    if (this.#held.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
