// A replica behind a connection pooler. The replica works if each connection has its own session in the database, and
// commits nothing if connections share sessions.
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { reasonOf } from '../../src/log.ts'
import { DatabaseConnection } from '../../src/storage/postgres/database-connection.ts'
import { SharedSessions } from '../../src/storage/postgres/own-session.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openPromptReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aPooler } from '../postgres/a-pooler.ts'
import { changeSentence } from '../postgres/broken-functions.ts'
import { aDatabase, anEmptyDatabase, execute } from '../postgres/databases.ts'

const SOON = { within: 60_000 }
const PROBE = { text: `SELECT run_all('[{"sql": "UPDATE probe SET at = clock_timestamp()", "values": []}]')` }

describe.skipIf(!has('postgresql') || !has('pgbouncer'))('a replica behind a pooler', () => {
  test('in session mode issues tokens, and reads and changes the configuration', async () => {
    const { url } = await aPooler(await aDatabase(), 'session')
    const [one, other] = [await openPromptReplica(url), await openPromptReplica(url)]
    await one.integrations.create([newIntegration('lkone')], [])
    const issued = await issueFrom(other.tokens, attempt('lkone'))
    expect(issued.ok && (await one.tokens.read('lkone', PREDICT))?.live).toEqual(issued.ok && issued.value.token)
    await Promise.all([one.close(), other.close()])
  })

  test.each(['transaction', 'statement'] as const)(
    'in %s mode does not start, names the remedy, and creates nothing in the database',
    async (mode) => {
      const database = await anEmptyDatabase()
      const { url } = await aPooler(database, mode)
      await expect(openPromptReplica(url)).rejects.toThrow(/pool_mode = session/)
      expect(await execute(database, `SELECT to_regnamespace('latchkey') AS made`)).toEqual([{ made: null }])
    },
  )

  test('refuses all requests with the reason while connections share sessions, and continues when each has its own session again', async () => {
    const { url, pool } = await aPooler(await aDatabase(), 'session')
    const reported: string[] = []
    const store = await openPromptReplica(url, {
      onAway: (cause) => reported.push(reasonOf(cause)),
      onBack: () => reported.push('back'),
    })
    onTestFinished(() => store.close())
    await store.integrations.create([newIntegration('lkone')], [])
    await pool('transaction')
    await eventually(() => reported.length > 0, { ...SOON, what: 'the reason is reported' })
    expect(reported).toEqual([expect.stringContaining('pool_mode = session')])
    const issued = issueFrom(store.tokens, attempt('lkone'))
    await expect(issued).rejects.toMatchObject({ code: 'store_unavailable' })
    await pool('session')
    await eventually(() => reported.includes('back'), { ...SOON, what: 'it is back' })
    await eventually(() => issueFrom(store.tokens, attempt('lkone')).catch(() => undefined), {
      ...SOON,
      what: 'a token',
    })
  })
})

describe.skipIf(!has('postgresql') || !has('pgbouncer'))('a statement that reaches the wrong session', () => {
  /** Makes two connections of the store and an unrelated program share one session. */
  async function sharing(settings: readonly string[] = []) {
    const database = await aDatabase()
    const { url } = await aPooler(database, 'transaction', ['default_pool_size = 1', ...settings])
    const [connection, other] = [
      new DatabaseConnection({ url, replica: 'replica', name: 'one' }),
      new DatabaseConnection({ url, replica: 'replica', name: 'other' }),
    ]
    const stranger = new pg.Client({ connectionString: url })
    await stranger.connect()
    onTestFinished(async () => {
      await Promise.all([connection.close(), other.close(), stranger.end()])
    })
    const written = async () => (await execute(database, 'SELECT at FROM probe'))[0]?.['at']
    return { database, connection, other, stranger, written, before: await written() }
  }

  test('is refused and changes nothing, if the session belongs to another connection', async () => {
    const { connection, other, written, before } = await sharing()
    await connection.ask({ text: 'SELECT 1' }, 5000)
    await other.ask({ text: 'SELECT 1' }, 5000)
    await expect(connection.ask(PROBE, 5000)).rejects.toBeInstanceOf(SharedSessions)
    expect(await written()).toEqual(before)
    await connection.ask(PROBE, 5000)
    expect(await written()).not.toEqual(before)
  })

  test("is refused and changes nothing, if the session lacks the replica's settings", async () => {
    const { connection, written, before } = await sharing(['server_reset_query_always = 1'])
    await expect(connection.ask(PROBE, 5000)).rejects.toBeInstanceOf(SharedSessions)
    await expect(connection.ask({ name: 'fresh', text: 'SELECT floor FROM store' }, 5000)).rejects.toBeInstanceOf(
      SharedSessions,
    )
    expect(await written()).toEqual(before)
  })

  test('is refused and changes nothing, if another program turned synchronous commits off', async () => {
    const { connection, stranger, written, before } = await sharing()
    await connection.ask({ text: 'SELECT 1' }, 5000)
    await stranger.query('SET synchronous_commit = off')
    await expect(connection.ask(PROBE, 5000)).rejects.toBeInstanceOf(SharedSessions)
    expect(await written()).toEqual(before)
  })

  test('would be committed without waiting for the disk if statements did not check their session', async () => {
    const { database, connection, stranger, written, before } = await sharing()
    await changeSentence(database, 'is_session_of', /IF [^;]*; *\n *END IF;/, '')
    await connection.ask({ text: 'SELECT 1' }, 5000)
    await stranger.query('SET synchronous_commit = off')
    await connection.ask(PROBE, 5000)
    expect(await written()).not.toEqual(before)
    const waits = { text: `SELECT current_setting('synchronous_commit') AS waits` }
    expect(await connection.ask(waits, 5000)).toEqual([{ waits: 'off' }])
  })
})
