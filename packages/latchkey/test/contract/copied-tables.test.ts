// A copy and a restore take along what the list of tables names; a column that is not in it would stay behind.
import { expect, test } from 'vitest'
import { TABLES } from '../../src/storage/transfer/tables.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'
import { aStoreFile } from '../a-store.ts'

/** `store` has one row, which a copy writes by itself; `seq` is the order of the rows. */
const NOT_COPIED = ['store', 'integration.seq']

test('a copy of a store takes along every column of every table', () => {
  const connection = new SqliteConnection(aStoreFile())
  connection.migrate()
  const query = `SELECT m.name AS "table", c.name AS "column" FROM sqlite_schema m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
  const stored = connection.database.prepare(query).all() as { readonly table: string; readonly column: string }[]
  connection.close()
  const names = stored.map(({ table, column }) => (table === 'store' ? table : `${table}.${column}`))
  const copied = TABLES.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`))
  expect([...new Set(names)].toSorted()).toEqual([...copied, ...NOT_COPIED].toSorted())
})
