// A value in memory that changes only with a commit: an immutable snapshot, swapped when the commit is durable.

export class Cell<Value> {
  #value: Value
  readonly #read: () => Promise<Value>

  /** `read` gets the value from the disk, where a failed commit left it in doubt. */
  constructor(value: Value, read: () => Promise<Value>) {
    this.#value = value
    this.#read = read
  }

  static async load<Value>(read: () => Promise<Value>): Promise<Cell<Value>> {
    return new Cell(await read(), read)
  }

  /** As committed. */
  get value(): Value {
    return this.#value
  }

  /** For the commit queue alone: the value is durable now. */
  publish(value: Value): void {
    this.#value = value
  }

  async reload(): Promise<void> {
    this.#value = await this.#read()
  }
}
