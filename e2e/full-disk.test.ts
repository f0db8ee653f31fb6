// The disk is full: a change that cannot be stored gets 503 and is never half done, and the server continues once there
// is space again.
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { Connection } from './connection.ts'
import { eventually, promptly } from './eventually.ts'
import { freePort } from './free-port.ts'
import { violations } from './history/judge.ts'
import { checkAll } from './history/load.ts'
import { RecordedClient, type Received, Recorder, type Slot } from './history/recorder.ts'
import { changeIntegration, createIntegration, PREDICT, readAdminKey } from './integrations.ts'
import { type RealServer, startRealServer, startServe } from './real-server.ts'
import { aSmallDisk, type SmallDisk } from './small-disk.ts'
import { stopwatch, timeUntil } from './stopwatch.ts'

const MEGABYTE = 1024
/** More commits than fit into the blocks that are already allocated to the log. */
const MOST_UNTIL_FULL = 50
/** While the server recovers, it frees blocks of its log. After this many refusals in a row no free block is left. */
const REFUSALS = 30
/**
 * The longest time of a stop. Most of it passes while the server tells its clients that it closes their connections.
 */
const MOST_STOP_MS = 1500
const RECOVERED_MS = 2000

interface Outage {
  readonly server: RealServer
  readonly disk: SmallDisk
  readonly env: Readonly<Record<string, string>>
  readonly recorder: Recorder
  readonly client: RecordedClient
  readonly connection: Connection
  readonly issuing: Awaited<ReturnType<typeof createIntegration>>
  /** A token of an integration and scope for which no token is requested during the outage. */
  readonly bystander: Received
  readonly resourceServer: Awaited<ReturnType<typeof createIntegration>>
}

/** Starts a server on a small disk. Returns when the server has noticed that the disk is full. */
async function anOutage(): Promise<Outage> {
  const disk = aSmallDisk(4 * MEGABYTE)
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const server = await startRealServer({ dataDir: disk.dataDir, env })
  // Frees the disk before the server is stopped, so that the stop need not wait for space.
  onTestFinished(() => {
    disk.free()
  })
  const recorder = new Recorder()
  const client = new RecordedClient(server, recorder)
  const issuing = await createIntegration(server)
  const resourceServer = await createIntegration(server, { resource_server: true })
  const bystander = await client.issue({ integration: await createIntegration(server), scope: PREDICT })
  if (bystander === undefined) throw new Error('no token before the outage')
  await client.issue({ integration: issuing, scope: PREDICT })
  let refusals = 0
  await eventually(
    async () => {
      disk.fill()
      refusals = (await client.issue({ integration: issuing, scope: PREDICT })) === undefined ? refusals + 1 : 0
      return refusals === REFUSALS
    },
    { within: 60_000, what: 'nothing more can be stored' },
  )
  const connection = new Connection(server)
  return { server, disk, env, recorder, client, connection, issuing, bystander, resourceServer }
}

describe.skipIf(!has('mount-tmpfs'))('while the disk is full', () => {
  test('token requests and revocations are answered 503 with Retry-After, verification and introspection go on', async () => {
    const { client, connection, recorder, issuing, bystander, resourceServer } = await anOutage()
    const before = recorder.unavailable
    for (let n = 0; n < 20; n++) {
      expect(await client.issue({ integration: issuing, scope: PREDICT })).toBe(undefined)
      expect(await client.verify(bystander)).toBe('live')
      expect(await client.introspect(bystander, resourceServer)).toBe('live')
    }
    expect(recorder.unavailable).toBe(before + 20)
    for (const answer of [
      await connection.requestToken(resourceServer),
      await connection.revoke(bystander.integration, bystander.text),
    ]) {
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'cache-control': 'no-store' } })
      expect(JSON.parse(answer.body)).toMatchObject({ error: 'temporarily_unavailable' })
    }
    expect(violations(recorder.history)).toEqual([])
  })

  test('readyz reports the full disk on both listeners, and livez does not report it', async () => {
    const { server } = await anOutage()
    const ready: number[] = []
    // The server tries its disk several times in this period. Only these attempts write to the disk.
    const end = performance.now() + 1500
    while (performance.now() < end) {
      for (const url of [server.publicUrl, server.adminUrl]) ready.push((await fetch(`${url}/readyz`)).status)
    }
    expect(new Set(ready)).toEqual(new Set([503]))
    for (const url of [server.publicUrl, server.adminUrl]) expect((await fetch(`${url}/livez`)).status).toBe(200)
  })

  test('the admin API answers 503 to changes, and its lists never fail', async () => {
    const { server, bystander } = await anOutage()
    const authorization = `Bearer ${readAdminKey(server).reveal()}`
    const statuses: Record<string, Set<number>> = { create: new Set(), disable: new Set(), list: new Set() }
    for (let n = 0; n < 20; n++) {
      const created = await fetch(`${server.adminUrl}/admin/v1/integrations`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Too late', scopes: [PREDICT] }),
      })
      statuses['create']?.add(created.status)
      statuses['disable']?.add((await changeIntegration(server, bystander.integration, 'disable')).status)
      const listed = await fetch(`${server.adminUrl}/admin/v1/integrations`, { headers: { authorization } })
      statuses['list']?.add(listed.status)
    }
    expect(statuses['create']).toEqual(new Set([503]))
    expect(statuses['disable']).toEqual(new Set([503]))
    expect([...(statuses['list'] ?? [])].filter((status) => status !== 200 && status !== 503)).toEqual([])
  })
})

async function refusedStart({ dataDir }: SmallDisk): Promise<void> {
  const { exited, stderr } = startServe({ dataDir, env: { LATCHKEY_SIGNING_ALG: 'ES256' } })
  const exit = await promptly(exited, { within: 60_000, what: 'a start without room ends' })
  expect(exit).toEqual({ code: 1, signal: null })
  expect(stderr()).toContain(`The disk is full: the server cannot write to the data folder ${dataDir}.`)
  expect(stderr()).toContain('LATCHKEY_DATA_DIR')
}

test.skipIf(!has('mount-tmpfs'))(
  'SIGTERM while the disk is full does not wait for free space: exit 0, and no answered change is lost',
  async () => {
    const { server, disk, env, recorder, issuing, bystander, resourceServer } = await anOutage()
    const took = timeUntil(server.exited, server.pid)
    server.kill('SIGTERM')
    expect(await server.exited).toEqual({ code: 0, signal: null })
    expect(await took).toBeLessThan(MOST_STOP_MS)
    disk.free()
    const restarted = await startRealServer({ dataDir: disk.dataDir, env })
    const received = [...recorder.received.values()]
    const latest = received.filter(({ integration }) => integration === issuing).at(-1)
    const live = await checkAll({ server: restarted, recorder, resourceServer }, received)
    expect(live.map(({ jti }) => jti).sort()).toEqual([latest?.jti, bystander.jti].sort())
    expect(violations(recorder.history)).toEqual([])
  },
)

/** After space was freed, a token request must succeed within the promised time. */
async function issuedSoon({ pid }: RealServer, client: RecordedClient, slot: Slot): Promise<Received> {
  const took = stopwatch(pid)
  const token = await eventually(() => client.issue(slot), { within: 60_000, what: 'a token is issued again' })
  expect(took()).toBeLessThan(RECOVERED_MS)
  return token
}

describe.skipIf(!has('mount-tmpfs'))('when there is free space again', () => {
  test('the same process recovers within 2 s once the disk has space, exactly one token is live, and a kill does not change that', async () => {
    const { server, disk, env, recorder, client, issuing, bystander, resourceServer } = await anOutage()
    const slot = { integration: issuing, scope: PREDICT }
    disk.free()
    const latest = await issuedSoon(server, client, slot)
    expect((await fetch(`${server.publicUrl}/readyz`)).status).toBe(200)
    const check = async (running: RealServer) => {
      const live = await checkAll({ server: running, recorder, resourceServer }, [...recorder.received.values()])
      return live.map(({ jti }) => jti).sort()
    }
    expect(await check(server)).toEqual([latest.jti, bystander.jti].sort())
    server.kill('SIGKILL')
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' })
    const restarted = await startRealServer({ dataDir: disk.dataDir, env })
    expect(await check(restarted)).toEqual([latest.jti, bystander.jti].sort())
    expect(violations(recorder.history)).toEqual([])
  })

  test('after 10 outages in a row under continued requests, one token is live, and every answer agrees with one order of the requests', async () => {
    const { server, disk, recorder, client, issuing, bystander, resourceServer } = await anOutage()
    const slot = { integration: issuing, scope: PREDICT }
    for (let outage = 0; outage < 10; outage++) {
      disk.free()
      const token = await issuedSoon(server, client, slot)
      disk.fill()
      const before = recorder.unavailable
      for (let n = 0; recorder.unavailable < before + 3 && n < MOST_UNTIL_FULL; n++) {
        await Promise.all([client.issue(slot), client.verify(token), client.verify(bystander)])
      }
      expect(recorder.unavailable).toBeGreaterThan(before)
    }
    disk.free()
    const latest = await issuedSoon(server, client, slot)
    const live = await checkAll({ server, recorder, resourceServer }, [...recorder.received.values()])
    expect(live.map(({ jti }) => jti).sort()).toEqual([latest.jti, bystander.jti].sort())
    expect(violations(recorder.history)).toEqual([])
  })

  // The less space there is, the earlier the start fails.
  test.for([0, 4, 12, 20, 40, 60])('a first start that failed for lack of space (%i KiB) succeeds', async (room) => {
    const disk = aSmallDisk(4 * MEGABYTE)
    disk.fill()
    disk.free(room)
    await refusedStart(disk)
    disk.free()
    await startRealServer({ dataDir: disk.dataDir })
  })

  test('a later start succeeds after a start that failed for lack of space, and the live token is still accepted', async () => {
    const { server, disk, env, recorder, bystander, resourceServer } = await anOutage()
    disk.free()
    await server.stop()
    disk.fill()
    await refusedStart(disk)
    disk.free()
    const restarted = await startRealServer({ dataDir: disk.dataDir, env })
    expect(await checkAll({ server: restarted, recorder, resourceServer }, [bystander])).toEqual([bystander])
  })
})
