// An immutable value in memory that is replaced as a whole when a commit with a new value is durable.

/** The names of the snapshots. They must not change, because the PostgreSQL store contains them. */
export type SnapshotName =
  'admin_keys' | 'audit_head' | 'catalog' | 'claims' | 'floor' | 'people' | 'signing_keys' | 'trusted_issuers'

export class Snapshot<Value> {
  readonly name: SnapshotName
  #value: Value
  readonly #read: () => Promise<Value>

  /**
   * @param read reads the value from the disk. The server calls it at the start, and after a commit with an unknown
   *   outcome
   */
  constructor(name: SnapshotName, value: Value, read: () => Promise<Value>) {
    this.name = name
    this.#value = value
    this.#read = read
  }

  static async load<Value>(name: SnapshotName, read: () => Promise<Value>): Promise<Snapshot<Value>> {
    return new Snapshot(name, await read(), read)
  }

  /** The last committed value. */
  get value(): Value {
    return this.#value
  }

  /** Replaces the value after a commit is durable. Only the code of commits may call this method. */
  publish(value: Value): void {
    this.#value = value
  }

  async reload(): Promise<void> {
    this.#value = await this.#read()
  }
}
