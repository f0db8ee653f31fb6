// A replica on a PostgreSQL server with unsafe or unusual settings, some of which change while the replica runs.
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openPromptReplica, type OpenedStore } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { type Cluster, startCluster } from '../postgres/cluster.ts'
import { aDatabase, execute } from '../postgres/databases.ts'

const SOON = { within: 60_000 }

describe.skipIf(!has('postgresql'))('a replica', () => {
  test('continues when the time zone of its database is changed', async () => {
    const url = await aDatabase()
    const store = await aReplica(url)
    await execute(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET TimeZone = 'Asia/Tokyo'`)
    await endConnections(url, 'checks')
    expect(await eventually(() => slotOf(store).catch(() => undefined), { ...SOON, what: 'a check' })).toBeDefined()
  })

  test('whose statement timed out behind a lock of another session leaves no waiting statement behind in the database', async () => {
    const url = await aDatabase()
    const store = await aReplica(url)
    const holder = await aConnection(url)
    await holder.query('BEGIN; LOCK TABLE latchkey.slot')
    await expect(slotOf(store)).rejects.toThrow()
    const [first] = await waiting(url, 'checks')
    expect(first).toBeDefined()
    await eventually(async () => !(await waiting(url, 'checks')).includes(first), {
      ...SOON,
      what: 'the first check ends',
    })
    await holder.query('ROLLBACK')
    await eventually(() => issueFrom(store.tokens, attempt('lkone')).catch(() => undefined), {
      ...SOON,
      what: 'a token',
    })
  })

  test('starts with a new audience on a store that was restored while no server ran', async () => {
    const url = await aDatabase()
    const before = await openPromptReplica(url)
    await before.integrations.create([newIntegration('lkone')], [])
    await issueFrom(before.tokens, attempt('lkone'))
    await before.close()
    await execute(url, `UPDATE store SET place = '1:00000001'`)
    const store = await openPromptReplica(url, { defaultAudience: 'api://other' })
    expect((await store.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
    await store.close()
  })

  test('needs no right to create tables if another database user created the tables and ran the documented grants', async () => {
    const url = await aDatabase()
    const user = `plain_${String(process.pid)}`
    await execute(url, `CREATE ROLE ${user} LOGIN PASSWORD 'planted'`)
    onTestFinished(async () => void (await execute(url, `DROP OWNED BY ${user}; DROP ROLE ${user}`)))
    const grants = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('GRANT '))
    expect(grants.length).toBeGreaterThan(0)
    await execute(url, grants.join('\n').replaceAll('TO latchkey', `TO ${user}`))
    const store = await openPromptReplica(Object.assign(new URL(url), { username: user, password: 'planted' }).href)
    await store.integrations.create([newIntegration('lkone')], [])
    expect(await issueFrom(store.tokens, attempt('lkone'))).toMatchObject({ ok: true })
    await store.close()
  })

  test('with synchronous fail-over creates no store if its database server does not wait for a standby', async () => {
    await expect(openPromptReplica(await aDatabase(), { failover: 'synchronous' })).rejects.toThrow(/no standby/)
  })
})

describe.skipIf(!has('postgresql-server'))('a replica that has a PostgreSQL server to itself', () => {
  let cluster: Cluster | undefined
  const set = async (setting: string): Promise<void> => {
    const { url } = cluster as Cluster
    await execute(url, `ALTER SYSTEM ${setting}`)
    await execute(url, 'SELECT pg_reload_conf()')
    const [name = '', value] = setting.split(/^(?:RE)?SET | = /).filter((part) => part !== '')
    if (value === undefined) return
    await eventually(async () => `'${String((await execute(url, `SHOW ${name}`))[0]?.[name])}'` === value, {
      ...SOON,
      what: setting,
    })
  }
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster?.remove())

  test('waits for the disk at each commit, even if the database server is later set to asynchronous commits', async () => {
    const { url } = cluster as Cluster
    const store = await aReplica(url)
    await execute(
      url,
      `CREATE TABLE seen (setting text);
       CREATE FUNCTION record_setting() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO latchkey.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
       CREATE TRIGGER record_setting AFTER UPDATE ON slot FOR EACH ROW EXECUTE FUNCTION record_setting()`,
    )
    await set(`SET synchronous_commit = 'off'`)
    await issueFrom(store.tokens, attempt('lkone'))
    expect(await execute(url, 'SELECT DISTINCT setting FROM seen')).toEqual([{ setting: 'on' }])
    await set('RESET synchronous_commit')
  })

  test('has at most one connection that waits for a missing standby', async () => {
    const { url } = cluster as Cluster
    const store = await aReplica(url)
    await set(`SET synchronous_standby_names = 'gone'`)
    // The next heartbeat uses a new connection, which does not wait for the standby.
    await eventually(() => isAnswered(url, 'lease'), { ...SOON, what: 'a second connection with an answer' })
    expect(await waiting(url, 'lease')).toHaveLength(1)
    await expect(slotOf(store)).rejects.toThrow()
    await set('RESET synchronous_standby_names')
    await eventually(() => issueFrom(store.tokens, attempt('lkone')).catch(() => undefined), {
      ...SOON,
      what: 'a token',
    })
  })

  test('with synchronous fail-over is not ready and answers no request when its database server does not wait for a standby', async () => {
    const { url } = cluster as Cluster
    ;(cluster as Cluster).receiveWal()
    await set(`SET synchronous_standby_names = 'pg_receivewal'`)
    const store = await aReplica(url, 'synchronous')
    await store.proveWrite()
    await set(`SET synchronous_standby_names = ''`)
    await eventually(
      () =>
        store.proveWrite().then(
          () => undefined,
          () => true,
        ),
      { ...SOON, what: 'it is not ready' },
    )
    await expect(Promise.resolve(store.current())).rejects.toThrow()
    await expect(store.proveWrite()).rejects.toThrow()
    await set(`SET synchronous_standby_names = 'pg_receivewal'`)
    await eventually(
      () =>
        store.proveWrite().then(
          () => true,
          () => undefined,
        ),
      { ...SOON, what: 'it is ready again' },
    )
    await set('RESET synchronous_standby_names')
  })

  test('answers no check when its database server runs without fsync', async () => {
    const { url } = cluster as Cluster
    const store = await aReplica(url)
    await set(`SET fsync = 'off'`)
    await eventually(
      () =>
        Promise.resolve(store.current()).then(
          () => undefined,
          () => true,
        ),
      { ...SOON, what: 'a refused check' },
    )
    await set('RESET fsync')
    await eventually(
      () =>
        Promise.resolve(store.current()).then(
          () => true,
          () => undefined,
        ),
      { ...SOON, what: 'a check' },
    )
  })
})

/** Opens a store with one integration. The store is closed after the test. */
async function aReplica(url: string, failover: 'asynchronous' | 'synchronous' = 'asynchronous'): Promise<OpenedStore> {
  await execute(url, 'DROP SCHEMA IF EXISTS latchkey CASCADE')
  const store = await openPromptReplica(url, { failover })
  onTestFinished(() => store.close())
  await store.integrations.create([newIntegration('lkone')], [])
  await slotOf(store)
  return store
}

const slotOf = async (store: OpenedStore) => store.tokens.read('lkone', PREDICT)

async function aConnection(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

const endConnections = (url: string, connection: string) =>
  execute(url, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE ${ofConnection(connection)}`)

/** Returns the process IDs of the sessions that wait for a lock or for a standby. */
const waiting = async (url: string, connection: string): Promise<readonly unknown[]> =>
  (
    await execute(
      url,
      `SELECT pid FROM pg_stat_activity WHERE ${ofConnection(connection)}
        AND (wait_event_type = 'Lock' OR wait_event = 'SyncRep') ORDER BY query_start`,
    )
  ).map(({ pid }) => pid)

/** True if one session of the connection still waits and another session has got its answer. */
const isAnswered = async (url: string, connection: string): Promise<boolean> =>
  (await waiting(url, connection)).length > 0 &&
  (
    await execute(
      url,
      `SELECT FROM pg_stat_activity WHERE ${ofConnection(connection)} AND state = 'idle' AND query ~ 'heartbeat'`,
    )
  ).length > 0

const ofConnection = (connection: string): string =>
  `datname = current_database() AND application_name = 'latchkey ${connection}'`
