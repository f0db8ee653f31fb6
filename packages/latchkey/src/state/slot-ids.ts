// Assigns ids to new slots.

export class SlotIds {
  #last: number

  constructor(last: number) {
    this.#last = last
  }

  /** Records that another replica has assigned ids up to `last`. */
  above(last: number): void {
    this.#last = Math.max(this.#last, last)
  }

  next(): number {
    return ++this.#last
  }
}
