// Database servers that only look like PostgreSQL: the server names the product or the missing lock, and creates nothing.
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { aTemporaryFolder, startServe } from '../../../../e2e/real-server.ts'
import { has } from '../../../../scripts/programs.mjs'
import { reasonOf } from '../../src/log.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openPromptReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aLookAlike, withoutLocks, withVersion } from '../postgres/a-look-alike.ts'
import { anEmptyDatabase, execute } from '../postgres/databases.ts'

describe.skipIf(!has('postgresql'))('a server does not start, and creates nothing, on', () => {
  test.each([
    ['CockroachDB', 'CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15 21:28:29, go1.22.2)'],
    ['YugabyteDB', 'PostgreSQL 15.12-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang'],
    ['Greenplum', 'PostgreSQL 12.12 (Greenplum Database 7.1.0 build commit:0a1b2c3) on x86_64-pc-linux-gnu'],
  ])('%s, which it names', async (name, version) => {
    await expectRefusal(withVersion(version), `This is ${name}, which only looks like PostgreSQL.`)
  })

  test('a database that answers each request for an advisory lock with success', async () => {
    await expectRefusal(withoutLocks, 'gives one advisory lock to two sessions at the same time')
  })

  test.each(['xact_', ''])('a database without advisory locks of the kind pg_advisory_%slock', async (kind) => {
    const missing = (query: string) => query.replaceAll(new RegExp(`pg_advisory_${kind}lock`, 'g'), 'missing_lock')
    await expectRefusal(missing, 'This database server refuses advisory locks.')
  })

  test('a look-alike that its settings name, with exit code 2 and one sentence on standard error', async () => {
    const url = await aLookAlike(await anEmptyDatabase(), withoutLocks)
    const env = { LATCHKEY_DATABASE_URL: url, LATCHKEY_MASTER_KEY: 'A'.repeat(43) }
    const started = startServe({ dataDir: aTemporaryFolder(), env })
    expect(await started.exited).toEqual({ code: 2, signal: null })
    expect(started.stderr()).toMatch(/^[^\n]*This database server gives one advisory lock to two sessions[^\n]*\n$/)
  })

  async function expectRefusal(rewrite: (query: string) => string, message: string): Promise<void> {
    const database = await anEmptyDatabase()
    const opened = openPromptReplica(await aLookAlike(database, rewrite))
    await expect(opened).rejects.toThrow(message)
    await expect(opened).rejects.toThrow('Name a PostgreSQL server in LATCHKEY_DATABASE_URL')
    expect(await execute(database, `SELECT to_regnamespace('latchkey') AS made`)).toEqual([{ made: null }])
  }
})

describe.skipIf(!has('postgresql'))('after the primary has changed, a server', () => {
  test('issues nothing while the new primary gives one lock to two sessions, and reports why', async () => {
    const database = await anEmptyDatabase()
    let isBroken = false
    const url = await aLookAlike(database, (query) => (isBroken ? withoutLocks(query) : query))
    const reported: string[] = []
    const store = await openPromptReplica(url, {
      onAway: (cause) => reported.push(reasonOf(cause)),
      onBack: () => reported.push('back'),
    })
    await store.integrations.create([newIntegration('lkone')], [])
    await issueFrom(store.tokens, attempt('lkone'))
    isBroken = true
    await execute(database, `UPDATE latchkey.store SET place = '1:00000001'`)
    await eventually(() => reported.length > 0, { within: 60_000, what: 'the reason is reported' })
    await eventually(() => reported.some((reason) => reason.includes('one advisory lock')), {
      ...{ within: 60_000, what: 'the lock is named' },
    })
    await expect(issueFrom(store.tokens, attempt('lkone'))).rejects.toMatchObject({ code: 'store_unavailable' })
    isBroken = false
    await eventually(() => issueFrom(store.tokens, attempt('lkone')).catch(() => undefined), {
      ...{ within: 60_000, what: 'a token' },
    })
    await store.close()
  })
})
