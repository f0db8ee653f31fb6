// On a busy machine the database answers late. These tests measure no durations, and wait for its answers.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { DEADLINES } from '../../src/storage/postgres/deadlines.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase } from '../postgres/databases.ts'

/**
 * A query that returns a row if a statement has already waited for the lock longer than a server waits for an answer.
 */
const WAITS_TOO_LONG = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND clock_timestamp() - waitstart > interval '${String(Math.max(DEADLINES.commit, DEADLINES.retryBudget))} milliseconds'`

describe.skipIf(!has('postgresql'))('a store whose database answers later than a server would wait', () => {
  test('changes its configuration and issues tokens if it was opened without deadlines', async () => {
    const url = await aDatabase()
    const store = await openReplica(url)
    await store.integrations.create([newIntegration('lkone')], [])
    for (const act of [
      () => store.integrations.create([newIntegration('lktwo')], []),
      () => issueFrom(store.tokens, attempt('lkone')),
    ]) {
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query('SELECT pg_advisory_lock(4711, 1)')
      const done = act()
      await eventually(async () => ((await other.query(WAITS_TOO_LONG)).rowCount ?? 0) > 0, {
        within: 60_000,
        what: 'the statement waits for too long',
      })
      await other.end()
      await done
    }
    expect((await store.tokens.read('lkone', PREDICT))?.live).toBeDefined()
    await store.close()
  })
})
