// Limits how many commits wait for a store that does not answer, and how long each of them waits.
import type { PendingCommit } from './pending-commit.ts'

const CHECK_EVERY_MS = 50
/**
 * The largest number of waiting commits. Further commits are refused at once, because they would keep connections open
 * and then probably miss their deadline.
 */
const MOST_HELD = 4096

/** The number of conflicts with other changes after which a commit is refused. */
const MOST_TRIES = 20

export class RetryBudget {
  readonly #milliseconds: number
  readonly #giveUp: (work: PendingCommit) => void
  readonly #came = new WeakMap<PendingCommit, number>()
  /** The commits that wait for the store, each with its deadline. */
  readonly #held = new Map<PendingCommit, number>()
  readonly #givenUp = new WeakSet<PendingCommit>()
  readonly #tries = new WeakMap<PendingCommit, number>()
  #timer: NodeJS.Timeout | undefined

  /**
   * @param giveUp called once for each waiting commit whose budget of `milliseconds` has ended, even if the commit is
   *   just being carried out
   */
  constructor(milliseconds: number, giveUp: (work: PendingCommit) => void) {
    this.#milliseconds = milliseconds
    this.#giveUp = giveUp
  }

  /** Starts the budget of a new commit. */
  came(work: PendingCommit): void {
    if (this.#milliseconds > 0) this.#came.set(work, performance.now())
  }

  /**
   * Lets the commit wait for the store. Returns false if the budget of the commit has ended, or if too many commits
   * already wait.
   */
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

  /** Counts one more conflict with another change. Returns false if the commit has used up its attempts. */
  isWorthAnother(work: PendingCommit): boolean {
    const tries = (this.#tries.get(work) ?? 0) + 1
    this.#tries.set(work, tries)
    return tries < MOST_TRIES
  }

  isGivenUp(work: PendingCommit): boolean {
    return this.#givenUp.has(work)
  }

  /** Ends the wait of a commit whose outcome is known. */
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
