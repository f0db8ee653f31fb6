// Runs long work in pieces, so that other work can run between them. Each turn of the event loop runs one piece, and
// the pieces take at most half of the time.

export class FeedTurns {
  readonly #waiting: { readonly work: () => void; readonly done: () => void }[] = []
  #isBusy = false
  /** The milliseconds of work for which no equally long pause has followed yet. */
  #owed = 0

  /** Runs `work` in its own turn of the event loop. Resolves when `work` is done. `work` must not throw. */
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
    // A timer cannot wait for less than one millisecond.
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
