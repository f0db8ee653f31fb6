// Work in pieces that lets everything else through: one piece, of whomever's it is, in a turn of the event loop.

export class Turns {
  readonly #waiting: (() => void)[] = []

  /** Resolves in a turn of one's own. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) this.#schedule()
    })
  }

  #schedule(): void {
    setImmediate(() => {
      const resolve = this.#waiting[0]
      resolve?.()
      this.#waiting.shift()
      if (this.#waiting.length > 0) this.#schedule()
    })
  }
}
