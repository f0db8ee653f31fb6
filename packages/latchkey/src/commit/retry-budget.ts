// Limits how long, and how many, commits wait for a store that does not answer.
import type { PendingCommit } from './pending-commit.ts'

const CHECK_EVERY_MS = 50
/**
 * The largest number of commits that wait. More commits would only wait for their deadline, each with an open
 * connection.
 */
const MOST_HELD = 4096

/** A commit is refused after it has lost to another change this many times. */
const MOST_TRIES = 20

export class RetryBudget {
  readonly #milliseconds: number
  readonly #giveUp: (work: PendingCommit) => void
  readonly #came = new WeakMap<PendingCommit, number>()
  /** The commits that wait for the store, with their deadlines. */
  readonly #held = new Map<PendingCommit, number>()
  readonly #givenUp = new WeakSet<PendingCommit>()
  readonly #tries = new WeakMap<PendingCommit, number>()
  #timer: NodeJS.Timeout | undefined

  /**
   * Calls `giveUp` once for each held commit whose budget of `milliseconds` has ended, even while it is being
   * committed.
   */
  constructor(milliseconds: number, giveUp: (work: PendingCommit) => void) {
    this.#milliseconds = milliseconds
    this.#giveUp = giveUp
  }

  /** Starts the budget of a new commit. */
  came(work: PendingCommit): void {
    if (this.#milliseconds > 0) this.#came.set(work, performance.now())
  }

  /** Lets the commit wait for the store. Returns false if its budget has ended or too many commits wait already. */
  hold(work: PendingCommit): boolean {
    if (this.#held.has(work)) return true
    const until = (this.#came.get(work) ?? 0) + this.#milliseconds
    if (until <= performance.now() || this.#held.size >= MOST_HELD) return false
    this.#held.set(work, until)
    this.#timer ??= setInterval(() => {
      this.#check()
    }, CHECK_EVERY_MS)
    return true
  }

  isHeld(work: PendingCommit): boolean {
    return this.#held.has(work)
  }

  /** Counts one more loss to another change. Returns false if the commit has used all its attempts. */
  isWorthAnother(work: PendingCommit): boolean {
    const tries = (this.#tries.get(work) ?? 0) + 1
    this.#tries.set(work, tries)
    return tries < MOST_TRIES
  }

  isGivenUp(work: PendingCommit): boolean {
    return this.#givenUp.has(work)
  }

  /** Ends the wait of a commit that was answered. */
  release(work: PendingCommit): void {
    if (this.#held.size === 0) return
    this.#held.delete(work)
    this.#endIfNone()
  }

  #check(): void {
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
