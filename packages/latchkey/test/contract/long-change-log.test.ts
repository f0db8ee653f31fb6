// A replica that started while the change log was empty reads the log after it has become long.
import { expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { newIntegration } from '../a-store.ts'
import { openReplica } from '../engines.ts'
import { aDatabase, execute } from '../postgres/databases.ts'

const SOON = { within: 30_000 }
const CHANGES = 30_000

test.skipIf(!has('postgresql'))(
  'a replica reads each page of the change log without scanning the later pages',
  async () => {
    const url = await aDatabase()
    const store = await openReplica(url)
    await store.integrations.create([newIntegration('lkone')], [])
    const one = async (sql: string): Promise<unknown> => (await execute(url, sql))[0]?.['one']
    const readings = new Set<unknown>()
    // After five executions PostgreSQL may choose a generic plan for a prepared statement, so the test reads more than
    // five times.
    await eventually(async () => readings.add(await one(READ_LAST)).size > 12, {
      ...SOON,
      what: 'readings of an empty log',
    })
    const { position } = store.slotChanges
    await execute(
      url,
      `UPDATE slot SET generation = generation + 1;
    INSERT INTO change (slot_id) SELECT min(id) FROM slot, generate_series(1, ${String(CHANGES)}) AS n GROUP BY n`,
    )
    await eventually(() => store.slotChanges.position > position, { ...SOON, what: 'the log is read' })
    await store.close()
    // PostgreSQL adds the counters of a session to its statistics when the session ends.
    await eventually(async () => Number(await one(SESSIONS)) === 0, { ...SOON, what: 'the replica has gone' })
    expect(Number(await one(FETCHED))).toBeLessThan(CHANGES * 2)
  },
)

const SESSIONS = `SELECT count(*) AS one FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`
const READ_LAST = `SELECT query_start::text AS one FROM pg_stat_activity
  WHERE datname = current_database() AND query LIKE 'SELECT answer.* FROM (WITH found%'`
const FETCHED = `SELECT idx_tup_fetch + seq_tup_read AS one FROM pg_stat_user_tables WHERE relname = 'change'`
