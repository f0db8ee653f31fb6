// Failover of the database: with a synchronous standby no token is lost, and with an asynchronous standby all tokens
// end.
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { type Cluster, startCluster, startStandby } from '../../packages/latchkey/test/postgres/cluster.ts'
import { execute } from '../../packages/latchkey/test/postgres/databases.ts'
import { underLoad } from '../beside.ts'
import { seededChance } from '../chance.ts'
import { eventually } from '../eventually.ts'
import { violations } from '../history/judge.ts'
import { checkAll } from '../history/load.ts'
import { RecordedClient, Recorder, type Slot, slotName } from '../history/recorder.ts'
import { createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import { type Cable, layCable } from './cable.ts'
import { type Replica, startFleet } from './fleet.ts'
import { runFleetLoad } from './fleet-load.ts'

const SOON = { within: 60_000 }

describe.skipIf(!has('postgresql-server'))('when the database moves', () => {
  test('to a synchronous standby, no acknowledged token is lost, and the old database server, which still runs, accepts no stale token', async () => {
    const { old, next, cables, replicas } = await twoReplicas('synchronous')
    try {
      const [first] = replicas
      const slotsOf = (integration: Integration): Slot[] => [PREDICT, MODEL].map((scope) => ({ integration, scope }))
      const slots = [...slotsOf(await createIntegration(first)), ...slotsOf(await createIntegration(first))]
      const toggled = slotsOf(await createIntegration(first))
      const resourceServer = await createIntegration(first, { resource_server: true })
      const recorder = new Recorder('possible')
      const chance = seededChance()
      const load = (isOver: () => boolean) =>
        runFleetLoad({
          ...{ recorder, chance, slots, toggled, resourceServer, clients: 8, isOver },
          replicas: () => replicas,
        })
      await underLoad(load, async () => {
        await eventually(() => recorder.received.size > 30, { ...SOON, what: 'tokens before the move' })
        await next.promote()
        // The first replica stays connected to the old database server, which keeps running. The second replica is
        // redirected to the new server.
        await declareStandby(next)
        moveTo(cables[1], next)
        const before = recorder.received.size
        await eventually(() => recorder.received.size > before + 30, { ...SOON, what: 'tokens after the move' })
        moveTo(cables[0], next)
        const client = new RecordedClient(first, recorder)
        await eventually(() => client.issue(slots[0] as Slot), { ...SOON, what: 'the first replica found the new one' })
        client.close()
      })
      const received = [...recorder.received.values()]
      const live = await checkAll({ server: first, recorder, resourceServer }, received)
      expect(violations(recorder.history)).toEqual([])
      expect(live.length).toBe(new Set(live.map(slotName)).size)
      expect(live.length).toBeGreaterThan(0)
    } finally {
      await Promise.all([old.remove(), next.remove()])
    }
  })

  test('to an asynchronous standby, every earlier token is refused, and new tokens are accepted', async () => {
    const { old, next, cables, replicas } = await twoReplicas('asynchronous')
    try {
      const [first, second] = replicas
      const slot = { integration: await createIntegration(first), scope: PREDICT }
      const recorder = new Recorder('possible')
      const [here, there] = [new RecordedClient(first, recorder), new RecordedClient(second, recorder)]
      const before = await here.issue(slot)
      if (before === undefined) throw new Error('no token')
      await eventually(() => isReplayed(old, next), { ...SOON, what: 'the standby has it' })
      await old.stop('immediate')
      await next.promote()
      for (const cable of cables) moveTo(cable, next)
      const after = await eventually(() => here.issue(slot), { ...SOON, what: 'a token from the new server' })
      expect(after.generation).toBeGreaterThan(1_000_000_000_000_000)
      for (const client of [here, there]) {
        expect(await eventually(() => client.verify(before), { ...SOON, what: 'a verdict' })).toMatch(
          /superseded|revoked/,
        )
        expect(await client.verify(after)).toBe('live')
      }
      here.close()
      there.close()
    } finally {
      await Promise.all([old.remove(), next.remove()])
    }
  })
})

async function twoReplicas(failover: 'synchronous' | 'asynchronous') {
  const old = await startCluster()
  const next = await startStandby(old, 'next')
  if (failover === 'synchronous') {
    await set(old, `synchronous_standby_names = 'next'`)
    await eventually(
      async () => {
        const rows = await execute(old.url, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`)
        return rows.length > 0 || undefined
      },
      { ...SOON, what: 'the standby is synchronous' },
    )
  }
  const cables = [await layCable(old.port), await layCable(old.port)] as const
  const databases = cables.map(({ port }) => old.url.replace(String(old.port), String(port)))
  const replicas = await startFleet({
    databases,
    env: { LATCHKEY_DATABASE_FAILOVER: failover },
  })
  return { old, next, cables, replicas: replicas as readonly [Replica, Replica] }
}

function moveTo(cable: Cable, { port }: Cluster): void {
  cable.leadTo(port)
  cable.cut()
}

/** Declares a standby for the new database server. Without a standby that server may not acknowledge a commit. */
async function declareStandby(cluster: Cluster): Promise<void> {
  cluster.receiveWal()
  await set(cluster, `synchronous_standby_names = 'pg_receivewal'`)
}

async function set({ url }: Cluster, setting: string): Promise<void> {
  await execute(url, `ALTER SYSTEM SET ${setting}`)
  await execute(url, 'SELECT pg_reload_conf()')
}

async function isReplayed(old: Cluster, next: Cluster): Promise<true | undefined> {
  const [row] = await execute(old.url, 'SELECT pg_current_wal_lsn()::text AS lsn')
  const [replayed] = await execute(next.url, `SELECT pg_last_wal_replay_lsn() >= '${String(row?.['lsn'])}' AS done`)
  return replayed?.['done'] === true || undefined
}
