// Shares the event loop between the connections that have more requests than one turn answers.

/**
 * Milliseconds of one turn of the event loop for the requests that had to wait. In each turn the process takes one new
 * connection and reads from all others.
 */
const LONGEST_TURN = 1

export interface TurnTaker {
  /** Goes on with what waits. Adds itself again if more is left. */
  takeTurn(): void
}

export class Turns {
  readonly #now: () => number
  #queue: TurnTaker[] = []
  readonly #queued = new Set<TurnTaker>()
  #number = 0
  #isScheduled = false
  #until = 0
  #cutShort: TurnTaker[] = []

  /** @param now the monotonic clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** The number of this turn of the event loop. It differs from that of every other turn in which somebody asked. */
  get current(): number {
    this.#schedule()
    return this.#number
  }

  /** True if connections wait for their next turn. */
  get isBusy(): boolean {
    return this.#queued.size > 0
  }

  /** True if the time is over for the requests that had to wait. */
  get isOver(): boolean {
    return this.#now() >= this.#until
  }

  /** Lets `taker` go on in a later turn, after those that were added before. */
  add(taker: TurnTaker): void {
    if (this.#queued.has(taker)) return
    this.#queued.add(taker)
    this.#queue.push(taker)
    this.#schedule()
  }

  /** Lets `taker`, whose turn was cut short, go on before all others. Call it in its turn only. */
  addFirst(taker: TurnTaker): void {
    if (this.#queued.has(taker)) return
    this.#queued.add(taker)
    this.#cutShort.push(taker)
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
    // Takers that were not reached are first in the next turn.
    this.#queue = [...this.#cutShort, ...due.slice(taken), ...this.#queue]
    this.#cutShort = []
    if (this.#queue.length > 0) this.#schedule()
  }
}
