// A store that was restored with the programs of PostgreSQL: after the documented steps no earlier token is accepted.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { afterRestore } from '../../src/storage/transfer/after-restore.ts'
import type { Failover } from '../../src/storage/postgres/postgres-disk.ts'
import { aFolder } from '../a-folder.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { type OpenedStore, openPromptReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { ARCHIVING, type Cluster, postgresPrograms, startCluster, takeBaseBackup } from '../postgres/cluster.ts'
import { aDatabase, anEmptyDatabase, execute } from '../postgres/databases.ts'

const database = (url: string) => ({ kind: 'database', url }) as const

const run = (program: string, ...args: readonly string[]): void =>
  void execFileSync(join(postgresPrograms(), program), args, { stdio: 'pipe' })

async function issue(store: OpenedStore): Promise<number> {
  const outcome = await issueFrom(store.tokens, attempt('lkone'))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value.token.generation
}

/** Waits until the store is available. Returns the generation of the live token. */
const live = (store: OpenedStore): Promise<number> =>
  eventually(
    async () => {
      try {
        const slot = await store.tokens.read('lkone', PREDICT)
        return slot?.live?.generation ?? NONE
      } catch (cause) {
        if (cause instanceof StoreUnavailable) return undefined
        throw cause
      }
    },
    { within: 60_000, what: 'the store is available' },
  )
const NONE = 0

async function endings(store: OpenedStore) {
  const all = { limit: 10, before: undefined, actor: undefined, target: undefined, since: undefined, until: undefined }
  return (await store.auditTrail.page({ ...all, event: 'store.tokens_ended' })).map(({ after }) => after['reason'])
}

/** Runs `act` with an open store, and closes the store. */
async function serving<Value>(
  url: string,
  act: (store: OpenedStore) => Promise<Value>,
  failover: Failover = 'asynchronous',
): Promise<Value> {
  const store = await openPromptReplica(url, { failover })
  try {
    await store.recordRaisedFloor()
    return await act(store)
  } finally {
    await store.close()
  }
}

/** Makes a store with a token, a dump of the store, and one more token after the dump. */
async function dumped(url: string) {
  const dump = join(aFolder(), 'latchkey.dump')
  const inIt = await serving(url, async (store) => {
    await store.integrations.create([newIntegration('lkone')], [])
    return issue(store)
  })
  run('pg_dump', '--format=custom', `--file=${dump}`, url)
  return { dump, inIt, since: await serving(url, issue) }
}

/** Recovers a cluster to a point between two tokens, from a base backup and the log. */
async function recovered(
  act: (cluster: Cluster, generations: { readonly inIt: number; readonly since: number }) => Promise<void>,
): Promise<void> {
  const before = await startCluster(ARCHIVING)
  try {
    const { url } = before
    await serving(url, (store) => store.integrations.create([newIntegration('lkone')], []))
    const backup = await takeBaseBackup(before)
    const inIt = await serving(url, issue)
    await execute(url, `SELECT pg_create_restore_point('monday')`)
    const since = await serving(url, issue)
    await execute(url, 'SELECT pg_switch_wal()')
    await before.stop('fast')
    const after = await backup.recoverTo('monday')
    try {
      await eventually(
        async () => (await execute(after.url, 'SELECT pg_is_in_recovery() AS on'))[0]?.['on'] === false,
        { within: 60_000, what: 'the recovery is over' },
      )
      await act(after, { inIt, since })
    } finally {
      await after.remove()
    }
  } finally {
    await before.remove()
  }
}

describe.skipIf(!has('postgresql-server'))('a database', () => {
  test('that was restored into its own cluster makes the server accept an old token, until after-restore is run', async () => {
    const url = await aDatabase()
    const { dump, inIt, since } = await dumped(url)
    await execute(url, 'DROP SCHEMA latchkey CASCADE')
    run('pg_restore', '--exit-on-error', `--dbname=${url}`, dump)
    // The server cannot notice that its database was restored into its own cluster. The command `latchkey
    // after-restore` exists for this case.
    expect(await serving(url, live)).toBe(inIt)
    const ended = await afterRestore(database(url))
    expect(ended).toMatchObject({ tokens: 1 })
    await serving(url, async (store) => {
      expect(await live(store)).toBe(NONE)
      expect(await issue(store)).toBeGreaterThan(Math.max(since, ended.floor))
      expect(await endings(store)).toEqual(['put_back'])
    })
    // The next start must not record the same restore a second time.
    expect(await serving(url, endings)).toEqual(['put_back'])
  })

  test('that was restored twice from the same dump numbers its tokens differently each time', async () => {
    const url = await aDatabase()
    const { dump } = await dumped(url)
    const floors: number[] = []
    for (const there of [await anEmptyDatabase(), await anEmptyDatabase()]) {
      run('pg_restore', '--exit-on-error', `--dbname=${there}`, dump)
      floors.push((await afterRestore(database(there))).floor)
    }
    expect(new Set(floors).size).toBe(2)
  })

  test('that was restored into another cluster is detected by the server, without after-restore', async () => {
    const { dump, since } = await dumped(await aDatabase())
    const other = await startCluster()
    try {
      run('pg_restore', '--exit-on-error', `--dbname=${other.url}`, dump)
      await serving(other.url, async (store) => {
        expect(await live(store)).toBe(NONE)
        expect(await issue(store)).toBeGreaterThan(since)
        expect(await endings(store)).toEqual(['moved'])
      })
    } finally {
      await other.remove()
    }
  })

  test('that was recovered to a point in time is detected by the server if fail-overs are asynchronous', async () => {
    await recovered(async ({ url }, { since }) => {
      await serving(url, async (store) => {
        expect(await live(store)).toBe(NONE)
        expect(await issue(store)).toBeGreaterThan(since)
      })
    })
  })

  test('that was recovered to a point in time makes the server accept an old token if fail-overs are synchronous, until after-restore is run', async () => {
    await recovered(async (cluster, { inIt, since }) => {
      const { url } = cluster
      cluster.receiveWal()
      await execute(url, `ALTER SYSTEM SET synchronous_standby_names = 'pg_receivewal'`)
      await execute(url, 'SELECT pg_reload_conf()')
      await serving(
        url,
        async (store) => {
          expect(await live(store)).toBe(inIt)
          const { floor } = await afterRestore(database(url))
          expect(await live(store)).toBe(NONE)
          expect(await issue(store)).toBeGreaterThan(Math.max(since, floor))
        },
        'synchronous',
      )
    })
  })

  test('that was restored under running servers gets one audit entry, and all servers continue', async () => {
    const url = await aDatabase()
    const stores = await Promise.all([openPromptReplica(url), openPromptReplica(url), openPromptReplica(url)])
    const [first] = stores
    await first.integrations.create([newIntegration('lkone')], [])
    await issue(first)
    const ended = await afterRestore(database(url))
    expect(ended.tokens).toBe(1)
    for (const store of stores) expect(await live(store)).toBe(NONE)
    await eventually(async () => (await endings(first)).length > 0, { within: 60_000, what: 'the audit trail has it' })
    const generations: number[] = []
    for (const store of stores) generations.push(await issue(store))
    expect(generations).toEqual(generations.toSorted((one, other) => one - other))
    expect(generations[0]).toBeGreaterThan(ended.floor)
    expect(await endings(first)).toEqual(['put_back'])
    expect(await first.auditTrail.verify(undefined)).toMatchObject({ intact: true })
    for (const store of stores) await store.close()
  })

  test('that was restored under a running server is used by that server at once', async () => {
    const url = await aDatabase()
    const { dump, since } = await dumped(url)
    const store = await openPromptReplica(url)
    await store.integrations.create([newIntegration('lksince')], [])
    const latest = await issue(store)
    await execute(url, 'DROP SCHEMA latchkey CASCADE')
    run('pg_restore', '--exit-on-error', `--dbname=${url}`, dump)
    const { floor } = await afterRestore(database(url))
    expect(await live(store)).toBe(NONE)
    expect(await issue(store)).toBeGreaterThan(Math.max(since, latest, floor))
    expect(await store.integrations.find('lksince')).toBeUndefined()
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: true })
    await store.close()
  })

  test('without a store is refused by the command after-restore, and stays empty', async () => {
    await expect(afterRestore(database(await aDatabase()))).rejects.toThrow('no server was ever started here')
  })
})
