// The prepared statements of one connection. Each statement is prepared at its first use.
import type { DatabaseSync, StatementSync } from 'node:sqlite'

export class PreparedStatements {
  readonly #database: DatabaseSync
  readonly #known = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  get(sql: string): StatementSync {
    const known = this.#known.get(sql)
    if (known !== undefined) return known
    const prepared = this.#database.prepare(sql)
    this.#known.set(sql, prepared)
    return prepared
  }

  /** Drops all statements. The caller must call it before it closes the connection. */
  clear(): void {
    this.#known.clear()
  }
}
