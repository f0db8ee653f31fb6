// The upgrade step of the embedded schema that moves each slot (the state of an integration and scope) and its issuance
// history into one row. The step changes no value.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { Row, SqlValue } from '../../src/rows/disk.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'
import { CopiedSlots } from '../../src/storage/sqlite/copied-slots.ts'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { folded } from '../../src/rows/rows.ts'
import { aStoreFile } from '../a-store.ts'

const STEP = 4
const JTI = (n: number): string => `ffffffff-0000-4000-8000-${String(n).padStart(12, '0')}`

/**
 * Makes the state that a server of the previous version leaves: slots with no, one and two tokens, and with 0 to 16
 * issuances.
 */
function aFileBeforeTheStep(): string {
  const file = aStoreFile()
  const database = new DatabaseSync(file)
  database.function('folded', (name) => folded(String(name)))
  for (const sql of MIGRATIONS.slice(0, STEP)) database.exec(sql)
  database.exec(`PRAGMA user_version = ${String(STEP)}`)
  const slot = database.prepare(`INSERT INTO slot VALUES (${Array.from({ length: 20 }, () => '?').join(', ')})`)
  const ring = database.prepare('INSERT INTO ring VALUES (?, ?, ?, ?, ?, ?, ?)')
  for (let id = 1; id <= 60; id++) {
    const issuances = id - 1
    const last = 1_800_000_000_000_000 + issuances
    const token = (generation: number): SqlValue[] => [
      generation,
      JTI(generation % 1000),
      1_800_000_000,
      1_800_003_600,
      `api://${String(id % 4)}`,
    ]
    const none: SqlValue[] = [null, null, null, null, null]
    const live = issuances === 0 || id % 5 === 0 ? none : token(last)
    const previous = live !== none && id % 3 === 0 ? [...token(last - 1), 1_800_000_030] : [...none, null]
    const counts = [last, issuances, id % 5 === 0 ? last - 1 : 0, issuances > 1 ? last - 1 : 0]
    slot.run(id, `lk${String(id)}`, 'a.b', 1, id % 7 === 0 ? 0 : 1, ...counts, ...live, ...previous)
    for (let nth = Math.max(0, issuances - 16); nth < issuances; nth++) {
      const generation = 1_800_000_000_000_001 + nth
      const requesters = JSON.stringify([['127.0.0.1', `agent ${String(nth % 3)}`, 'sec_1']])
      ring.run(id, nth % 16, generation, JTI(generation % 1000), 1_800_000_000 + nth, 1 + nth, requesters)
    }
  }
  database.close()
  return file
}

const plain = (rows: Iterable<unknown>): readonly Row[] => [...rows].map((row) => ({ ...(row as Row) }))

const byPlace = (one: Row, other: Row): number =>
  Number(one['slot_id']) - Number(other['slot_id']) || Number(one['n']) - Number(other['n'])

test('after the upgrade of the slots every slot and every issuance has the same values', () => {
  const file = aFileBeforeTheStep()
  const before = new DatabaseSync(file)
  const slots = plain(before.prepare('SELECT * FROM slot ORDER BY id').all())
  const ring = plain(before.prepare('SELECT * FROM ring ORDER BY slot_id, n').all())
  before.close()
  expect(ring.length).toBeGreaterThan(500)

  const connection = new SqliteConnection(file)
  connection.migrate()
  const copied = new CopiedSlots(connection.database)
  const rows = [...copied.rows()].map(({ history, ...row }) => [row, history instanceof Uint8Array])
  expect(rows).toEqual(slots.map((slot) => [{ ...slot, mac: null }, true]))
  // Computes the positions of the issuances in the old table, the newest first.
  const found = slots.flatMap(({ id, issuances }) =>
    connection.read('history', Number(id)).map((row, age) => {
      return { slot_id: Number(id), n: (Number(issuances) - 1 - age + 16) % 16, ...row }
    }),
  )
  expect(plain(found).toSorted(byPlace)).toEqual(ring)
  connection.close()
})

test('a failed upgrade of the slots changes nothing, and the next start repeats the upgrade', () => {
  const file = aFileBeforeTheStep()
  const database = new DatabaseSync(file)
  const found = (): unknown => [
    database.prepare('SELECT * FROM slot').all(),
    database.prepare('SELECT * FROM ring').all(),
    database.prepare('PRAGMA user_version').all(),
  ]
  database.exec(`UPDATE slot SET live_jti = 'none' WHERE id = 59`)
  const before = JSON.stringify(found())
  const connection = new SqliteConnection(file)
  expect(() => {
    connection.migrate()
  }).toThrow('a token whose jti is not a UUID cannot be stored')
  connection.close()
  expect(JSON.stringify(found())).toBe(before)
  database.exec(`UPDATE slot SET live_jti = '${JTI(58)}' WHERE id = 59`)
  database.close()
  const again = new SqliteConnection(file)
  again.migrate()
  expect(again.read('history', 59)).toHaveLength(16)
  again.close()
})
