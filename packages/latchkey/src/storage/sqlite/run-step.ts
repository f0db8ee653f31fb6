// Runs a step of the schema of the embedded store, completely or not at all.
import type { DatabaseSync } from 'node:sqlite'

const SLICES = /^ *-- slices of (\w+)\n([^]*?)^ *-- end of slices\n/m
const SLICE = 1000

/**
 * Runs the step in one transaction. A statement between the SQL comments `-- slices of TABLE` and `-- end of slices`
 * runs once for each range of ids, because Node.js frees the results of functions in a statement only when the
 * statement ends.
 */
export function runStep(database: DatabaseSync, number: number, sql: string): void {
  // Lets SQLite write changed pages to the log before the step ends. Otherwise all changed pages would have to stay in
  // memory.
  database.exec('PRAGMA cache_spill = ON; BEGIN IMMEDIATE')
  try {
    // The parts repeat in this order: plain statements, the name of a table, and the statement for the slices of this
    // table.
    const parts = sql.split(SLICES)
    for (let at = 0; at < parts.length; at += 3) {
      database.exec(parts[at] ?? '')
      const [table, sliced] = [parts[at + 1], parts[at + 2]]
      if (table === undefined || sliced === undefined) break
      const last = Number(database.prepare(`SELECT max(id) AS id FROM ${table}`).get()?.['id'] ?? 0)
      const statement = database.prepare(sliced)
      for (let from = 0; from < last; from += SLICE) statement.run(from, from + SLICE)
    }
    database.exec(`PRAGMA user_version = ${String(number)}; COMMIT`)
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw cause
  } finally {
    database.exec('PRAGMA cache_spill = OFF')
  }
}
