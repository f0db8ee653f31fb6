// A value in memory that changes only with a commit. It is an immutable snapshot, which is replaced when the commit is
// durable.

/** The names of the values that memory holds as a whole. PostgreSQL stores these names, so they must not change. */
export type SnapshotName =
  'admin_keys' | 'audit_head' | 'catalog' | 'claims' | 'floor' | 'people' | 'signing_keys' | 'trusted_issuers'

export class Snapshot<Value> {
  readonly name: SnapshotName
  #value: Value
  readonly #read: () => Promise<Value>

  /** @param read reads the value from the disk, which is needed if the outcome of a commit is unknown */
  constructor(name: SnapshotName, value: Value, read: () => Promise<Value>) {
    this.name = name
    this.#value = value
    this.#read = read
  }

  static async load<Value>(name: SnapshotName, read: () => Promise<Value>): Promise<Snapshot<Value>> {
    return new Snapshot(name, await read(), read)
  }

  /** The committed value. */
  get value(): Value {
    return this.#value
  }

  /** Replaces the value after a commit is durable. Only the commit queue may call it. */
  publish(value: Value): void {
    this.#value = value
  }

  async reload(): Promise<void> {
    this.#value = await this.#read()
  }
}
