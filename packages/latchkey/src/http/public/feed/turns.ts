// Work in pieces that lets everything else through: one piece, whomever it is for, in a turn of the event loop, and half
// of the time none.

export class Turns {
  readonly #waiting: { readonly work: () => void; readonly done: () => void }[] = []
  #isBusy = false
  /** Milliseconds that were worked and not yet rested for. */
  #owed = 0

  /** Resolves once the work was done in a turn of its own. It must not throw. */
  take(work: () => void): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ work, done })
      if (!this.#isBusy) this.#schedule()
    })
  }

  #schedule(): void {
    this.#isBusy = true
    const next = (): void => {
      this.#next()
    }
    // Timers are a millisecond coarse.
    if (this.#owed < 1) {
      setImmediate(next)
      return
    }
    setTimeout(next, this.#owed)
    this.#owed = 0
  }

  #next(): void {
    const piece = this.#waiting.shift()
    const begunAt = performance.now()
    piece?.work()
    this.#owed += performance.now() - begunAt
    piece?.done()
    if (this.#waiting.length > 0 || this.#owed >= 1) this.#schedule()
    else this.#isBusy = false
  }
}
