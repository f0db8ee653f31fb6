// A value in memory that changes only with a commit: an immutable snapshot, swapped when the commit is durable.

/** The parts of the configuration that are kept in memory as a whole. The names are stored in PostgreSQL: keep them. */
export type PartName = 'admin_keys' | 'audit_head' | 'catalog' | 'claims' | 'floor' | 'people' | 'signing_keys'

export class Cell<Value> {
  readonly name: PartName
  #value: Value
  readonly #read: () => Promise<Value>

  /** `read` gets the value from the disk, where a failed commit left it in doubt. */
  constructor(name: PartName, value: Value, read: () => Promise<Value>) {
    this.name = name
    this.#value = value
    this.#read = read
  }

  static async load<Value>(name: PartName, read: () => Promise<Value>): Promise<Cell<Value>> {
    return new Cell(name, await read(), read)
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
