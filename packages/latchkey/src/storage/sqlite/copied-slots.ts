// The slots of the embedded store as the tables `slot` and `ring` that a copy knows, whichever engine they come from.
import type { DatabaseSync } from 'node:sqlite'
import type { WriteValues } from '../../rows/commands.ts'
import type { Row } from '../../rows/disk.ts'
import { ringRows, SlotRows } from './slot-rows.ts'

/** The columns of `slot` in the order of the command `insert_slot`. */
const COLUMNS = [
  ...['granted', 'open', 'generation', 'issuances', 'revoked_generation', 'superseded_generation'],
  ...['live_generation', 'live_jti', 'live_issued_at', 'live_expires_at', 'live_audience'],
  ...['prev_generation', 'prev_jti', 'prev_issued_at', 'prev_expires_at', 'prev_audience', 'prev_until'],
  ...['id', 'client_id', 'scope', 'mac'],
]

/** The database has the functions of `addSlotFunctions`. */
export class CopiedSlots {
  readonly #database: DatabaseSync
  readonly #slots: SlotRows
  /** Entries of one slot, which come one after another, but not from the oldest to the newest. */
  #entries: Row[] = []

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#slots = new SlotRows(database)
  }

  countOfRing(): number {
    return Number(this.#database.prepare('SELECT sum(issuances_in(history)) AS n FROM slot').get()?.['n'] ?? 0)
  }

  *slotRows(): Generator<Row> {
    const rows = this.#database.prepare('SELECT id, client_id, scope, granted, open, state FROM slot ORDER BY id')
    for (const row of rows.iterate()) yield this.#slots.columnsOf(row as Row)
  }

  *ringRows(): Generator<Row> {
    const rows = this.#database.prepare('SELECT id, state, history FROM slot ORDER BY id')
    for (const row of rows.iterate()) yield* ringRows(row as Row)
  }

  /** Call `finishRings` after the last rows of `ring`. */
  write(table: 'slot' | 'ring', rows: readonly Row[]): void {
    for (const row of rows) {
      if (table === 'ring') this.#writeRing(row)
      else this.#slots.run(['insert_slot', ...valuesOf<'insert_slot'>(row, COLUMNS)], undefined)
    }
  }

  #writeRing(row: Row): void {
    if (this.#entries[0]?.['slot_id'] !== row['slot_id']) this.finishRings()
    this.#entries.push(row)
  }

  finishRings(): void {
    const entries = this.#entries.toSorted((one, other) => Number(one['generation']) - Number(other['generation']))
    this.#entries = []
    for (const entry of entries) this.#slots.run(['put_ring', ...valuesOf<'put_ring'>(entry, RING_COLUMNS)], undefined)
  }

  clear(): void {
    this.#database.exec('DELETE FROM slot; DELETE FROM audience')
    this.#slots.forget()
  }
}

const RING_COLUMNS = ['slot_id', 'n', 'generation', 'jti', 'issued_at', 'requests', 'requesters']

/** The tables have the types that the commands have. */
const valuesOf = <Name extends 'insert_slot' | 'put_ring'>(row: Row, columns: readonly string[]): WriteValues[Name] =>
  columns.map((column) => row[column] ?? null) as WriteValues[Name]
