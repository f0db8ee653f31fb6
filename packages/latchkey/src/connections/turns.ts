// Shares the event loop between connections that have more requests than one turn of the loop can answer.

/**
 * Milliseconds for waiting requests in one turn of the event loop. In each turn the process also accepts one connection
 * and reads from all others.
 */
const LONGEST_TURN = 1

export interface TurnTaker {
  /** Continues with the waiting requests. If some are left, it adds itself again. */
  takeTurn(): void
}

export class Turns {
  readonly #now: () => number
  #queue: TurnTaker[] = []
  readonly #queued = new Set<TurnTaker>()
  #number = 0
  #isScheduled = false
  #until = 0
  #endedEarly: TurnTaker[] = []

  /** @param now the monotonic clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /**
   * The number of this turn of the event loop, which differs from the numbers of all other turns in which it is read.
   */
  get current(): number {
    this.#schedule()
    return this.#number
  }

  /** True if a connection waits for its next turn. */
  get isBusy(): boolean {
    return this.#queued.size > 0
  }

  /** True if this turn has used its time for waiting requests. */
  get isOver(): boolean {
    return this.#now() >= this.#until
  }

  /** Lets `taker` continue in a later turn, after those that were added earlier. */
  add(taker: TurnTaker): void {
    if (this.#queued.has(taker)) return
    this.#queued.add(taker)
    this.#queue.push(taker)
    this.#schedule()
  }

  /**
   * Lets `taker`, whose turn ended early, continue before all others. Only `taker` itself may call it, during its turn.
   */
  addFirst(taker: TurnTaker): void {
    if (this.#queued.has(taker)) return
    this.#queued.add(taker)
    this.#endedEarly.push(taker)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#next)
  }

  readonly #next = (): void => {
    this.#isScheduled = false
    this.#number += 1
    const due = this.#queue
    if (due.length === 0) return
    this.#queue = []
    this.#until = this.#now() + LONGEST_TURN
    let taken = 0
    for (const taker of due) {
      taken += 1
      this.#queued.delete(taker)
      taker.takeTurn()
      if (this.isOver) break
    }
    // Takers that did not run in this turn are first in the next one.
    this.#queue = [...this.#endedEarly, ...due.slice(taken), ...this.#queue]
    this.#endedEarly = []
    if (this.#queue.length > 0) this.#schedule()
  }
}
