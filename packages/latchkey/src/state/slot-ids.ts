// The numbers of new slots.

export class SlotIds {
  #last: number

  constructor(last: number) {
    this.#last = last
  }

  /** Another replica has given numbers up to this one. */
  above(last: number): void {
    this.#last = Math.max(this.#last, last)
  }

  next(): number {
    return ++this.#last
  }
}
