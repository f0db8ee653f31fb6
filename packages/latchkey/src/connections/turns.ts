// Shares the event loop fairly between connections that have more requests than one turn of the loop can handle.

/**
 * The time in milliseconds that waiting requests get in one turn of the event loop. It is short because the process
 * also accepts connections and reads from sockets in each turn.
 */
const LONGEST_TURN = 1

export interface TurnTaker {
  /** Starts waiting requests. If requests still wait after that, the taker must add itself to the `Turns` again. */
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

  /** @param now returns the time of the monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** The number of the present turn of the event loop. It is different in each turn in which it is read. */
  get current(): number {
    this.#schedule()
    return this.#number
  }

  /** True if a connection waits for a turn. */
  get isBusy(): boolean {
    return this.#queued.size > 0
  }

  /** True if waiting requests have used up their time in this turn. */
  get isOver(): boolean {
    return this.#now() >= this.#until
  }

  /** Lets `taker` continue in a later turn, after all takers that were added before. */
  add(taker: TurnTaker): void {
    if (this.#queued.has(taker)) return
    this.#queued.add(taker)
    this.#queue.push(taker)
    this.#schedule()
  }

  /**
   * Lets `taker` continue in the next turn before all other takers, because the time of this turn was over before
   * `taker` was finished. Only `taker` itself may call this method, during its turn.
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
    // Takers that did not run in this turn come first in the next turn.
    this.#queue = [...this.#endedEarly, ...due.slice(taken), ...this.#queue]
    this.#endedEarly = []
    if (this.#queue.length > 0) this.#schedule()
  }
}
