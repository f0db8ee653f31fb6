// Three real servers on one PostgreSQL database. They are killed, paused and cut off, and the database is restarted.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { type Cluster, startCluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { eventually } from '../eventually.ts'
import { stopwatch } from '../stopwatch.ts'
import { RecordedClient, Recorder } from '../history/recorder.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { layCable } from './cable.ts'
import { type Replica, startFleet } from './fleet.ts'
import { runFleetRace } from './fleet-race.ts'

describe.skipIf(!has('postgresql-server'))('three replicas on PostgreSQL', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster.remove())

  test('keep one live token for each integration and scope through kills, pauses and restarts of the database', async () => {
    const outcome = await runFleetRace({ cluster, replicas: 3, milliseconds: 12_000, least: 51, calm: 1500 })
    expect(outcome.violations).toEqual([])
    expect(outcome.live.length).toBe(new Set(outcome.live).size)
    expect(outcome.received).toBeGreaterThan(50)
    expect(Math.min(outcome.kills, outcome.pauses, outcome.restarts)).toBeGreaterThan(0)
  })
})

describe.skipIf(!has('postgresql-server'))('one replica', () => {
  const status = async (url: string): Promise<number> => (await fetch(url)).status
  const timed = async <Value>(
    { pid }: Replica,
    act: () => Promise<Value>,
  ): Promise<{ readonly value: Value; readonly took: number }> => {
    const took = stopwatch(pid)
    return { value: await act(), took: took() }
  }

  test('answers 503 within two seconds while the database is stopped, and continues by itself when it is back', async () => {
    const cluster = await startCluster()
    try {
      const [replica] = (await startFleet({ databases: [cluster.url] })) as [Replica]
      const integration = await createIntegration(replica)
      const client = new RecordedClient(replica, new Recorder())
      const token = await client.issue({ integration, scope: PREDICT })
      if (token === undefined) throw new Error('no token')
      await cluster.stop('fast')
      const answers = await Promise.all(
        [
          () =>
            ask(replica, '/v1/token?grant_type=client_credentials&scope=machinelearning.predict', integration.basic),
          () => ask(replica, '/v1/introspect', integration.basic, `token=${token.text}`),
          () => ask(replica, '/v1/revoke', integration.basic, `token=${token.text}`),
          () => ask(replica, '/v1/verify', `Bearer ${token.text}`),
        ].map((act) => timed(replica, act)),
      )
      for (const { value, took } of answers) {
        expect(value.status).toBe(503)
        expect(value.headers.get('retry-after')).not.toBeNull()
        expect(took).toBeLessThan(2000)
      }
      expect(await status(`${replica.issuer.replace(/\/oauth2.*/, '')}/readyz`)).toBe(503)
      expect(await status(`${replica.issuer.replace(/\/oauth2.*/, '')}/livez`)).toBe(200)
      await cluster.start()
      const back = await timed(replica, () =>
        eventually(async () => ((await client.verify(token).catch(() => undefined)) === 'live' ? true : undefined), {
          within: 60_000,
          what: 'the token is accepted again',
        }),
      )
      expect(back.took).toBeLessThan(5000)
      expect(await client.issue({ integration, scope: PREDICT })).toBeDefined()
      client.close()
    } finally {
      await cluster.remove()
    }
  })

  test.each([
    ['between two heartbeats', () => Promise.resolve()],
    ['during a heartbeat', heartbeatUnderWay],
  ])(
    'logs one line with the reason when the database stops %s, and one line when it is back, even if no request arrives',
    async (_, prepare) => {
      const cluster = await startCluster()
      try {
        const [replica] = (await startFleet({ databases: [cluster.url] })) as [Replica]
        const reported = (): readonly { readonly event: string; readonly reason?: string }[] =>
          replica
            .stderr()
            .split('\n')
            .filter((line) => /"event":"store\.(away|back)"/.test(line))
            .map((line) => JSON.parse(line) as { readonly event: string; readonly reason?: string })
        await prepare(cluster.url)
        await cluster.stop('fast')
        await eventually(() => reported().at(-1)?.event === 'store.away', { within: 60_000, what: 'it says so' })
        await cluster.start()
        await eventually(() => reported().at(-1)?.event === 'store.back', { within: 60_000, what: 'it says so' })
        expect(reported().slice(-2)).toMatchObject([
          { event: 'store.away', reason: expect.stringContaining('PostgreSQL') as string },
          { event: 'store.back' },
        ])
        // On a busy machine a slow disk can delay a heartbeat so long that the server reports an outage although the
        // database runs. So only the last two lines count.
        expect(reported().map(({ event }) => event)).toEqual(
          reported().map((_, index) => (index % 2 === 0 ? 'store.away' : 'store.back')),
        )
      } finally {
        await cluster.remove()
      }
    },
  )

  test('answers 503 while it is cut off and another replica continues, and accepts no token that ended in that time', async () => {
    const cluster = await startCluster()
    try {
      const cable = await layCable(cluster.port)
      const behind = cluster.url.replace(String(cluster.port), String(cable.port))
      const [whole, cutOff] = (await startFleet({ databases: [cluster.url, behind] })) as [Replica, Replica]
      const integration = await createIntegration(whole)
      const here = new RecordedClient(whole, new Recorder())
      const first = await here.issue({ integration, scope: PREDICT })
      if (first === undefined) throw new Error('no token')
      const verify = () => ask(cutOff, '/v1/verify', `Bearer ${first.text}`)
      expect((await verify()).status).toBe(200)
      cable.goDead()
      const second = await here.issue({ integration, scope: PREDICT })
      const path = '/v1/token?grant_type=client_credentials&scope=machinelearning.predict'
      for (const act of [verify, () => ask(cutOff, path, integration.basic)]) {
        const { value, took } = await timed(cutOff, act)
        expect(value.status).toBe(503)
        expect(value.headers.get('retry-after')).not.toBeNull()
        expect(took).toBeLessThan(2000)
      }
      cable.mend()
      const verdict = await eventually(
        async () => {
          const { status: code } = await verify()
          return code === 503 ? undefined : code
        },
        { within: 60_000, what: 'the replica knows again' },
      )
      expect(verdict).toBe(401)
      expect(await here.verify(second ?? first)).toBe('live')
      here.close()
    } finally {
      await cluster.remove()
    }
  })
})

/**
 * Resolves once a heartbeat of the server waits for a lock. The session that holds the lock ends when the database
 * stops.
 */
const heartbeatUnderWay = async (url: string): Promise<void> => {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  await client.query('BEGIN; LOCK TABLE replica IN EXCLUSIVE MODE')
  const waiting = `SELECT FROM pg_stat_activity WHERE application_name = 'latchkey lease' AND wait_event_type = 'Lock'`
  await eventually(async () => (await client.query(waiting)).rowCount === 1, {
    within: 10_000,
    what: 'a heartbeat waits',
  })
}

const ask = (replica: Replica, path: string, authorization: string, body?: string): Promise<Response> =>
  fetch(`${replica.issuer}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    ...(body !== undefined && { body }),
  })
