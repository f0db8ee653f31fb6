// Gives ids to new slots.

export class SlotIds {
  #last: number

  constructor(last: number) {
    this.#last = last
  }

  /** Notes that another replica has given ids up to this one. */
  above(last: number): void {
    this.#last = Math.max(this.#last, last)
  }

  next(): number {
    return ++this.#last
  }
}
