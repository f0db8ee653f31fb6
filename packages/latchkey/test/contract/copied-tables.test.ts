// Copying and restoring a store write only the columns in the list of copied tables. A column that is missing in this
// list would be lost.
import { expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import type { Row } from '../../src/rows/disk.ts'
import { encodeIssuance, type HistoryEntry, NO_HISTORY, withIssuance } from '../../src/rows/issuance-history.ts'
import { CopiedSlots } from '../../src/storage/sqlite/copied-slots.ts'
import { TABLES } from '../../src/storage/transfer/tables.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'
import { aStoreFile } from '../a-store.ts'
import { aDatabase, execute } from '../postgres/databases.ts'

/** The single row of `store` is copied by other code. `seq` only orders rows. */
const NOT_COPIED = ['store', 'integration.seq']

/**
 * The embedded store keeps these tables in an encoded form. A copy contains them as a table `slot` with the columns of
 * PostgreSQL.
 */
const CODED = ['slot', 'audience', 'history', 'issuance_log']

/** True if PostgreSQL needs this table or column only for its replicas or for the order of rows. */
const isOfReplicas = (table: string, column: string): boolean =>
  ['store', 'probe', 'replica', 'part', 'removed_integration', 'change', 'migration'].includes(table) ||
  ['ord', 'configuration'].includes(column) ||
  (table === 'integration' && column === 'seq')

const columnsOf = (table: string): readonly string[] => TABLES.find(({ name }) => name === table)?.columns ?? []

const issuance = (n: number): HistoryEntry => ({
  ...{ generation: n, jti: `00000000-0000-4000-8000-0000000000${String(n)}`, issuedAt: n, requests: n * 100 },
  requesters: JSON.stringify([['::1', `agent ${String(n)}`, 'sec_1']]),
})

/** A different value for each column of a slot. */
const SLOT: Row = {
  ...{ granted: 1, open: 0, generation: 2 ** 53 - 1, issuances: 21, revoked_generation: 3, superseded_generation: 4 },
  ...{ live_generation: 1_800_000_000_000_005, live_jti: '0f6a1d52-7c7e-4b6a-9d0c-5d9c4e2b8a31' },
  ...{ live_issued_at: 1_800_000_000, live_expires_at: 4_294_967_296_000, live_audience: 'api://ä' },
  ...{ prev_generation: 6, prev_jti: 'ffffffff-ffff-ffff-ffff-ffffffffffff', prev_issued_at: 7, prev_expires_at: 8 },
  ...{ prev_audience: 'api://b', prev_until: 9, id: 10, client_id: 'lkone', scope: 'a.b' },
  mac: Buffer.from('00ff'.repeat(8), 'hex'),
  history: new Uint8Array([19, 20].reduce((so, n) => withIssuance(so, encodeIssuance(issuance(n))), NO_HISTORY)),
}

test('a copy of a store contains every column of every table', () => {
  const connection = new SqliteConnection(aStoreFile())
  connection.migrate()
  const query = `SELECT m.name AS "table", c.name AS "column" FROM sqlite_schema m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
  const stored = connection.database.prepare(query).all() as { readonly table: string; readonly column: string }[]
  connection.close()
  const plain = stored.filter(({ table }) => !CODED.includes(table))
  const names = plain.map(({ table, column }) => (table === 'store' ? table : `${table}.${column}`))
  const copied = TABLES.filter(({ name }) => name !== 'slot')
  const columns = copied.flatMap(({ name, columns: of }) => of.map((column) => `${name}.${column}`))
  expect([...new Set(names)].toSorted()).toEqual([...columns, ...NOT_COPIED].toSorted())
  expect(Object.keys(SLOT).toSorted()).toEqual(columnsOf('slot').toSorted())
})

test.skipIf(!has('postgresql'))('a copy of a store on PostgreSQL contains every column of every table', async () => {
  const query = `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'latchkey' AND table_type = 'BASE TABLE'`
  const stored = (await execute(await aDatabase(), query)).map((row) => [String(row['table']), String(row['column'])])
  const names = stored.filter(([table = '', column = '']) => !isOfReplicas(table, column)).map((name) => name.join('.'))
  const columns = TABLES.flatMap(({ name, columns: of }) => of.map((column) => `${name}.${column}`))
  // The copy computes this column from the issuance history.
  expect(names.toSorted()).toEqual([...columns, 'slot.last_issued_at'].toSorted())
})

test('a copy contains every value of a slot and of its issuance history', () => {
  const connection = new SqliteConnection(aStoreFile())
  connection.migrate()
  const slots = new CopiedSlots(connection.database)
  slots.write([SLOT])
  expect([...slots.rows()]).toEqual([SLOT])
  connection.close()
})
