// A database that is busy with other work answers late. Suites that judge no times wait for the answer.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openReplica } from '../engines.ts'
import { aDatabase } from '../postgres/databases.ts'

/** Longer than a server waits for its database when its clients wait for the server. */
const BUSY_SECONDS = 2

describe.skipIf(!has('postgresql'))('a store whose database is busy for two seconds', () => {
  test('still changes its configuration and issues tokens, for suites that judge no times', async () => {
    const url = await aDatabase()
    const store = await openReplica(url)
    await store.integrations.create([newIntegration('lkone')], [])
    for (const act of [
      () => store.integrations.create([newIntegration('lktwo')], []),
      () => store.tokens.issue(attempt('lkone')),
    ]) {
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query('SELECT pg_advisory_lock(4711, 1)')
      const done = act()
      await other.query(`SELECT pg_sleep(${BUSY_SECONDS})`)
      await other.end()
      await done
    }
    expect((await store.tokens.read('lkone', PREDICT))?.live).toBeDefined()
    await store.close()
  })
})
