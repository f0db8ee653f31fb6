// A copy and a restore take along what the list of tables names; a column that is not in it would stay behind.
import { expect, test } from 'vitest'
import type { Row } from '../../src/rows/disk.ts'
import { CopiedSlots } from '../../src/storage/sqlite/copied-slots.ts'
import { TABLES } from '../../src/storage/transfer/tables.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'
import { aStoreFile } from '../a-store.ts'

/** `store` has one row, which a copy writes by itself; `seq` is the order of the rows. */
const NOT_COPIED = ['store', 'integration.seq']

/** What they hold is copied as the columns that the other engine has for it. */
const CODED = ['slot', 'audience']

const columnsOf = (table: string): readonly string[] => TABLES.find(({ name }) => name === table)?.columns ?? []

/** A value for each column that stands for the state of a slot, all different. */
const SLOT: Row = {
  ...{ granted: 1, open: 0, generation: 2 ** 53 - 1, issuances: 21, revoked_generation: 3, superseded_generation: 4 },
  ...{ live_generation: 1_800_000_000_000_005, live_jti: '0f6a1d52-7c7e-4b6a-9d0c-5d9c4e2b8a31' },
  ...{ live_issued_at: 1_800_000_000, live_expires_at: 4_294_967_296_000, live_audience: 'api://ä' },
  ...{ prev_generation: 6, prev_jti: 'ffffffff-ffff-ffff-ffff-ffffffffffff', prev_issued_at: 7, prev_expires_at: 8 },
  ...{ prev_audience: 'api://b', prev_until: 9, id: 10, client_id: 'lkone', scope: 'a.b' },
  mac: '00ff'.repeat(8),
}

/** The twentieth and the last issuance. */
const RING: readonly Row[] = [19, 20].map((n) => ({
  ...{ slot_id: 10, n: n % 16, generation: n, jti: `00000000-0000-4000-8000-0000000000${String(n)}`, issued_at: n },
  ...{ requests: n * 100, requesters: JSON.stringify([['::1', `agent ${String(n)}`, 'sec_1']]) },
}))

test('a copy of a store takes along every column of every table', () => {
  const connection = new SqliteConnection(aStoreFile())
  connection.migrate()
  const query = `SELECT m.name AS "table", c.name AS "column" FROM sqlite_schema m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
  const stored = connection.database.prepare(query).all() as { readonly table: string; readonly column: string }[]
  connection.close()
  const plain = stored.filter(({ table }) => !CODED.includes(table))
  const names = plain.map(({ table, column }) => (table === 'store' ? table : `${table}.${column}`))
  const copied = TABLES.filter(({ name }) => name !== 'slot' && name !== 'ring')
  const columns = copied.flatMap(({ name, columns: of }) => of.map((column) => `${name}.${column}`))
  expect([...new Set(names)].toSorted()).toEqual([...columns, ...NOT_COPIED].toSorted())
  expect(
    Object.keys(SLOT)
      .filter((name) => name !== 'mac')
      .toSorted(),
  ).toEqual(columnsOf('slot').toSorted())
})

test('every number and text of a slot and its history comes back from a copy', () => {
  const connection = new SqliteConnection(aStoreFile())
  connection.migrate()
  const slots = new CopiedSlots(connection.database)
  slots.write('slot', [SLOT])
  // As PostgreSQL reads them: in the order of their place, not of their age.
  slots.write('ring', RING.toReversed())
  slots.finishRings()
  expect([...slots.slotRows()]).toEqual([SLOT])
  expect([...slots.ringRows()]).toEqual(RING.toReversed())
  expect(slots.countOfRing()).toBe(2)
  expect(Object.keys(RING[0] ?? {}).toSorted()).toEqual(columnsOf('ring').toSorted())
  connection.close()
})
