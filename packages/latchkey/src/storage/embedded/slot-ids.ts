// The numbers of new slots.

export class SlotIds {
  #last: number

  constructor(last: number) {
    this.#last = last
  }

  next(): number {
    return ++this.#last
  }
}
