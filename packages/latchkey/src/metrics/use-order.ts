// A doubly linked list of records in the order of their last use. The links are members of the records, so that a use
// allocates no memory.

export interface Ordered<Record> {
  older: Record | undefined
  newer: Record | undefined
}

export class UseOrder<Record extends Ordered<Record>> {
  #oldest: Record | undefined
  #newest: Record | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a new record as the most recently used record. */
  add(record: Record): void {
    record.older = this.#newest
    record.newer = undefined
    if (this.#newest === undefined) this.#oldest = record
    else this.#newest.newer = record
    this.#newest = record
    this.#size++
  }

  /** Marks a record as the most recently used record. */
  use(record: Record): void {
    if (record === this.#newest) return
    this.#remove(record)
    this.add(record)
  }

  /** Removes and returns the least recently used record. Undefined if the list is empty. */
  takeOldest(): Record | undefined {
    const oldest = this.#oldest
    if (oldest !== undefined) this.#remove(oldest)
    return oldest
  }

  #remove({ older, newer }: Record): void {
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    this.#size--
  }
}
