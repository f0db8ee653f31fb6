// Converts the slots of the embedded store to and from rows, for a copy of the store. These rows have the same columns
// for both engines.
import type { DatabaseSync } from 'node:sqlite'
import type { WriteValues } from '../../rows/commands.ts'
import type { Row } from '../../rows/disk.ts'
import type { LastUses } from './last-uses.ts'
import { SlotRows } from './slot-rows.ts'

/** The columns of a slot in the order of the command `insert_slot`, without the MAC. */
const COLUMNS = [
  'granted',
  'open',
  'generation',
  'issuances',
  'revoked_generation',
  'superseded_generation',
  'live_generation',
  'live_jti',
  'live_issued_at',
  'live_expires_at',
  'live_audience',
  'prev_generation',
  'prev_jti',
  'prev_issued_at',
  'prev_expires_at',
  'prev_audience',
  'prev_until',
  'id',
  'client_id',
  'scope',
]

/** Reads and writes the slots. The functions of `addSlotFunctions` must be registered in the database. */
export class CopiedSlots {
  readonly #database: DatabaseSync
  #slots: SlotRows

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#slots = new SlotRows(database)
  }

  get uses(): LastUses {
    return this.#slots.uses
  }

  *rows(): Generator<Row> {
    const rows = this.#database.prepare(
      `SELECT id, client_id, scope, granted, open, state, issuances AS history
      FROM slot LEFT JOIN history ON slot_id = id ORDER BY id`,
    )
    for (const row of rows.iterate()) {
      const { mac, ...columns } = this.#slots.columnsOf(row as Row)
      const history = this.#slots.historyOf(row as Row)
      yield { ...columns, history, mac: typeof mac === 'string' ? Buffer.from(mac, 'hex') : null }
    }
  }

  write(rows: readonly Row[]): void {
    const setHistory = this.#database.prepare('INSERT INTO history (slot_id, issuances) VALUES (?, ?)')
    for (const { mac, ...row } of rows) {
      const hex = mac instanceof Uint8Array ? Buffer.from(mac).toString('hex') : null
      // Each column of a copied row has the type of the matching value of the command `insert_slot`.
      const values = [...COLUMNS.map((column) => row[column] ?? null), hex] as WriteValues['insert_slot']
      this.#slots.run(['insert_slot', ...values])
      setHistory.run(row['id'] ?? null, row['history'] ?? null)
    }
  }

  clear(): void {
    this.#database.exec('DELETE FROM slot; DELETE FROM audience; DELETE FROM history; DELETE FROM issuance_log')
    this.#slots = new SlotRows(this.#database)
  }
}
