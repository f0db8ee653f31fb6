// A replica whose database moves to another server, stops answering or gets a newer schema. The tests call the store's
// functions without HTTP.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually as ask, type Waiting } from '../../../../e2e/eventually.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { layCable } from '../../../../e2e/replicas/cable.ts'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import { type OpenedStore, openPromptReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { type Cluster, startCluster, startStandby } from '../postgres/cluster.ts'
import { aDatabase, atPort, execute } from '../postgres/databases.ts'
import { declareStandby, synchronousPair } from '../postgres/synchronous-pair.ts'

const EVERYTHING = {
  limit: 1,
  before: undefined,
  event: undefined,
  target: undefined,
  since: undefined,
  until: undefined,
}
const SOON = { within: 60_000 }

/** Repeats `act` while the store is unavailable. */
const eventually = <Value>(act: () => Promise<Value | undefined | false>, waiting: Waiting): Promise<Value> =>
  ask(
    () =>
      act().catch((cause: unknown) => {
        if (cause instanceof StoreUnavailable) return undefined
        throw cause
      }),
    waiting,
  )

/** Returns the token that the feed reported last. */
const followed = (store: OpenedStore, position: number) =>
  store.slotChanges
    .after(position, 1000)
    ?.slots.map(({ slot }) => slot?.live?.jti)
    .at(-1)

async function issue(store: OpenedStore, clientId = 'lkone') {
  const outcome = await issueFrom(store.tokens, attempt(clientId))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value
}

describe.skipIf(!has('postgresql-server'))('a replica on PostgreSQL', () => {
  test('leaves the old primary after a fail-over, although the old primary still runs and its connections are open', async () => {
    const { old, next } = await synchronousPair()
    try {
      const cable = await layCable(old.port)
      const store = await openPromptReplica(atPort(old.url, cable.port), { failover: 'synchronous' })
      await store.integrations.create([newIntegration('lkone')], [])
      const before = await issue(store)
      await store.tokens.read('lkone', PREDICT)
      cable.leadTo(next.port)
      await next.promote()
      await declareStandby(next)
      const read = await eventually(async () => store.tokens.read('lkone', PREDICT), {
        ...SOON,
        what: 'a read from the new server',
      })
      expect(read.live?.jti).toBe(before.token.jti)
      const other = await openPromptReplica(next.url, { failover: 'synchronous' })
      await eventually(() => other.integrations.change('lkone', ...changing({ kind: 'disable' })), {
        ...SOON,
        what: 'a change at the new server',
      })
      expect((await store.integrations.find('lkone'))?.integration.enabled).toBe(false)
      await Promise.all([store.close(), other.close()])
    } finally {
      await Promise.all([old.remove(), next.remove()])
    }
  })

  test('neither keeps nor reports a token that the old primary stored without acknowledgement', async () => {
    const { old, next } = await synchronousPair()
    try {
      const cable = await layCable(old.port)
      const store = await openPromptReplica(atPort(old.url, cable.port), { failover: 'synchronous' })
      await store.integrations.create([newIntegration('lkone')], [])
      const { token } = await issue(store)
      const { position } = store.slotChanges
      await next.promote()
      await ask(async () => (await check(store)) === 'refused', { ...SOON, what: 'the lease is over' })
      await execute(
        old.url,
        `SET synchronous_commit = local; UPDATE slot SET generation = 100, live_generation = 100,
        live_jti = 'unpromised' WHERE scope = '${PREDICT}'; INSERT INTO change (slot_id) SELECT id FROM slot`,
      )
      const [wroteAt] = await execute(old.url, 'SELECT now()::text AS now')
      const reading = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'latchkey memory' AND state = 'idle'
        AND query LIKE 'SELECT answer.* FROM (WITH found%' AND query_start > '${String(wroteAt?.['now'])}'`
      await ask(async () => (await execute(old.url, reading)).length > 0, {
        ...SOON,
        what: 'the replica reads the log there',
      })
      cable.leadTo(next.port)
      cable.cut()
      await declareStandby(next)
      const read = await eventually(async () => store.tokens.read('lkone', PREDICT), {
        ...SOON,
        what: 'a read from the new server',
      })
      expect(read.live?.jti).toBe(token.jti)
      expect(jtisAfter(store, position)).not.toContain('unpromised')
      await store.close()
    } finally {
      await Promise.all([old.remove(), next.remove()])
    }
  })

  test('continues after a newer version added columns to the tables', async () => {
    const url = await aDatabase()
    const [one, two] = [await openPromptReplica(url), await openPromptReplica(url)]
    await one.integrations.create([newIntegration('lkone')], [])
    const change = (enabled: boolean) =>
      one.integrations.change('lkone', ...changing({ kind: enabled ? 'enable' : 'disable' }))
    await change(false)
    expect((await two.integrations.find('lkone'))?.integration.enabled).toBe(false)
    for (const table of ['integration', 'slot', 'secret', 'store']) {
      await execute(url, `ALTER TABLE ${table} ADD COLUMN later bigint NOT NULL DEFAULT 1`)
    }
    await change(true)
    expect((await two.integrations.find('lkone'))?.integration.enabled).toBe(true)
    await issue(two)
    await Promise.all([one.close(), two.close()])
  })

  test('reports its own commit to the feed, even if the database carried the commit out after the timeout', async () => {
    const url = await aDatabase()
    const store = await openPromptReplica(url)
    await store.integrations.create([newIntegration('lkone')], [])
    const first = await issue(store)
    const { position } = store.slotChanges
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    await holder.query('SELECT pg_advisory_lock(4711, 1)')
    await expect(issue(store)).rejects.toThrow()
    // The store accepts the next commit before the database gives the earlier commit its lock.
    await eventually(
      async () => (await store.tokens.read('lkone', PREDICT))?.live?.jti === first.token.jti || undefined,
      { ...SOON, what: 'the store has recovered' },
    )
    await holder.query('SELECT pg_advisory_unlock(4711, 1)')
    await holder.end()
    const jti = await eventually(
      async () => {
        const [row] = await execute(url, `SELECT live_jti FROM slot WHERE client_id = 'lkone' AND scope = '${PREDICT}'`)
        return row?.['live_jti'] === first.token.jti ? undefined : String(row?.['live_jti'])
      },
      { ...SOON, what: 'the late commit' },
    )
    await eventually(() => Promise.resolve(followed(store, position) === jti || undefined), {
      ...SOON,
      what: 'the feed reports it',
    })
    await store.close()
  })

  test('after an outage in which the change log was pruned, reports the missed changes to the feed', async () => {
    const url = await aDatabase()
    const there = await openPromptReplica(url)
    const cable = await layCable(Number(new URL(url).port))
    const here = await openPromptReplica(atPort(url, cable.port))
    await there.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    await issue(there)
    await eventually(async () => (await here.tokens.read('lkone', PREDICT))?.live, { ...SOON, what: 'the first token' })
    const { position } = here.slotChanges
    cable.goDead()
    const missed = await issue(there)
    await issue(there, 'lktwo')
    await execute(url, 'DELETE FROM change WHERE seq < (SELECT max(seq) FROM change)')
    cable.mend()
    await eventually(() => Promise.resolve(jtisAfter(here, position).includes(missed.token.jti) || undefined), {
      ...SOON,
      what: 'what was missed',
    })
    await Promise.all([there.close(), here.close()])
  })

  test('drops the changes that were lost in a fail-over to an asynchronous standby', async () => {
    const old = await startCluster()
    const next = await startStandby(old, 'next')
    try {
      const cable = await layCable(old.port)
      const [here, there] = [
        await openPromptReplica(atPort(old.url, cable.port)),
        await openPromptReplica(atPort(old.url, cable.port)),
      ]
      await there.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
      await here.integrations.find('lkone')
      await eventually(() => replayed(old, next), { ...SOON, what: 'the standby has it' })
      await execute(next.url, `ALTER SYSTEM SET primary_conninfo = ''`)
      await execute(next.url, 'SELECT pg_reload_conf()')
      await eventually(
        async () => (await execute(old.url, 'SELECT 1 FROM pg_stat_replication')).length === 0 || undefined,
        { ...SOON, what: 'the standby is behind' },
      )
      // This change is lost when the old server stops.
      await there.integrations.change('lkone', ...changing({ kind: 'disable' }))
      await there.integrations.create([newIntegration('lklost')], [])
      for (let i = 0; i < 50; i++) await issue(there, 'lktwo')
      expect((await here.integrations.find('lkone'))?.integration.enabled).toBe(false)
      expect(await here.integrations.find('lklost')).toBeDefined()
      await old.stop('immediate')
      cable.leadTo(next.port)
      cable.cut()
      await next.promote()
      await eventually(() => here.integrations.find('lktwo'), { ...SOON, what: 'the new server' })
      expect(await here.integrations.find('lklost')).toBeUndefined()
      expect((await here.integrations.find('lkone'))?.integration.enabled).toBe(true)
      await eventually(() => there.integrations.find('lktwo'), { ...SOON, what: 'the other one finds it too' })
      // Two changes on the new server give it the same number of changes as the old server had.
      const { position } = here.slotChanges
      const change = (enabled: boolean) =>
        there.integrations.change('lktwo', ...changing({ kind: enabled ? 'enable' : 'disable' }))
      await eventually(async () => (await change(false)).ok || undefined, { ...SOON, what: 'a change' })
      expect((await here.integrations.find('lktwo'))?.integration.enabled).toBe(false)
      await eventually(async () => (await change(true)).ok || undefined, { ...SOON, what: 'the next change' })
      const token = await eventually(() => issue(there, 'lktwo'), { ...SOON, what: 'a token of the new server' })
      await eventually(() => Promise.resolve(jtisAfter(here, position).includes(token.token.jti) || undefined), {
        ...SOON,
        what: 'its token',
      })
      await Promise.all([here.close(), there.close()])
    } finally {
      await Promise.all([old.remove(), next.remove()])
    }
  })

  test('finds no integration for a text with a character that PostgreSQL cannot store', async () => {
    const store = await openPromptReplica(await aDatabase())
    await store.integrations.create([newIntegration('lkone')], [])
    expect(await store.integrations.find('lk\0one')).toBeUndefined()
    expect(await store.auditTrail.count({ ...EVERYTHING, actor: '\0' })).toBe(0)
    await store.close()
  })

  test('cannot store a generation (the version number of a token) above 2^53', async () => {
    const url = await aDatabase()
    const store = await openPromptReplica(url)
    await store.integrations.create([newIntegration('lkone')], [])
    await expect(execute(url, 'UPDATE slot SET generation = 9007199254740993')).rejects.toThrow(/check constraint/)
    await expect(execute(url, 'UPDATE store SET floor = 9007199254740993')).rejects.toThrow(/check constraint/)
    await issue(store)
    await store.close()
  })

  test('closes without a long wait while its database does not answer', async () => {
    const url = await aDatabase()
    const cable = await layCable(Number(new URL(url).port))
    const store = await openPromptReplica(atPort(url, cable.port))
    await store.integrations.create([newIntegration('lkone')], [])
    cable.goDead()
    const took = stopwatch()
    await store.close()
    expect(took()).toBeLessThan(6000)
  })
})

/** Returns whether the store answers a check. */
const check = async (store: OpenedStore): Promise<'answered' | 'refused'> => {
  try {
    await store.tokens.read('lkone', PREDICT)
    return 'answered'
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause
    return 'refused'
  }
}

const jtisAfter = (store: OpenedStore, position: number): readonly (string | undefined)[] =>
  store.slotChanges.after(position, 10_000)?.slots.map(({ slot }) => slot?.live?.jti) ?? []

async function replayed(old: Cluster, next: Cluster): Promise<true | undefined> {
  const [row] = await execute(old.url, 'SELECT pg_current_wal_lsn()::text AS lsn')
  const [done] = await execute(next.url, `SELECT pg_last_wal_replay_lsn() >= '${String(row?.['lsn'])}' AS done`)
  return done?.['done'] === true || undefined
}
