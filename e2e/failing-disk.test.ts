// The disk fails: strace injects errors into system calls of the running server, and the judge checks its answers as in
// any other run.
import { describe, expect, test } from 'vitest'
import { has } from '../scripts/programs.mjs'
import { beside } from './beside.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { violations } from './history/judge.ts'
import { checkAll } from './history/load.ts'
import { RecordedClient, type Received, recordedChange, Recorder, type Slot } from './history/recorder.ts'
import { createIntegration, type Integration, PREDICT } from './integrations.ts'
import { aTemporaryFolder, type RealServer, type RealServerOptions, startRealServer } from './real-server.ts'
import { stopwatch, timeUntil } from './stopwatch.ts'
import { attachStrace } from './strace.ts'

interface Scene {
  readonly server: RealServer
  readonly options: RealServerOptions
  readonly recorder: Recorder
  readonly client: RecordedClient
  readonly slot: Slot
  /** A live token of an integration and scope for which the clients request no token during the failure. */
  readonly bystander: Received
  readonly resourceServer: Integration
}

async function aScene(): Promise<Scene> {
  const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' }
  const options = { dataDir: aTemporaryFolder(), env }
  const server = await startRealServer(options)
  const recorder = new Recorder()
  const client = new RecordedClient(server, recorder)
  const slot = { integration: await createIntegration(server), scope: PREDICT }
  const bystander = await client.issue({ integration: await createIntegration(server), scope: PREDICT })
  const first = await client.issue(slot)
  if (bystander === undefined || first === undefined) throw new Error('no tokens to begin with')
  const resourceServer = await createIntegration(server, { resource_server: true })
  return { server, options, recorder, client, slot, bystander, resourceServer }
}

const LOG = 'latchkey.db-wal'

/**
 * Returns the arguments of strace that make the given calls on the store's files fail. `failure` uses the syntax of
 * strace.
 */
const failing = ({ dataDir }: RealServer, calls: string, failure: string, files = [LOG]): readonly string[] => [
  ...files.flatMap((file) => ['-P', `${dataDir}/${file}`]),
  ...['-e', `trace=${calls}`, '-e', `inject=${calls}:${failure}`],
]

describe.skipIf(!has('strace'))('a disk that can no longer be trusted', () => {
  test('a disk error also ends a server that is stopping and still serves during its shutdown delay', async () => {
    const server = await startRealServer({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_SHUTDOWN_DELAY: '60' } })
    const client = new RecordedClient(server, new Recorder())
    const slot = { integration: await createIntegration(server), scope: PREDICT }
    server.kill('SIGTERM')
    await eventually(() => server.stderr().includes('server.stopping'), { within: 60_000, what: 'the stop begins' })
    const tracing = await attachStrace(server, failing(server, 'fsync,fdatasync', 'error=EIO:when=1'))
    expect(await client.issue(slot)).toBe(undefined)
    expect(await server.exited).toEqual({ code: 1, signal: null })
    await tracing.detach()
    expect(server.stderr()).toContain('"event":"server.failed"')
  })

  test.for([
    ['a sync that fails', 'fsync,fdatasync', 'error=EIO:when=1'],
    ['a write that fails', 'pwrite64', 'error=EIO:when=1'],
  ] as const)(
    '%s ends the server with an error, and the next start finds no half-done change',
    async ([, calls, failure]) => {
      const { server, options, recorder, client, slot, bystander, resourceServer } = await aScene()
      const tracing = await attachStrace(server, failing(server, calls, failure))
      expect(await client.issue(slot)).toBe(undefined)
      expect(await server.exited).toEqual({ code: 1, signal: null })
      await tracing.detach()
      expect(server.stderr()).toContain('"event":"server.failed"')

      const restarted = await startRealServer(options)
      const live = await checkAll({ server: restarted, recorder, resourceServer }, [...recorder.received.values()])
      expect(live.map(({ jti }) => jti)).toContain(bystander.jti)
      expect(violations(recorder.history)).toEqual([])
      const next = new RecordedClient(restarted, recorder)
      expect(await next.issue(slot)).toBeDefined()
      await checkAll({ server: restarted, recorder, resourceServer }, [...recorder.received.values()])
      expect(violations(recorder.history)).toEqual([])
      next.close()
    },
  )
})

describe.skipIf(!has('strace'))('a disk that accepts no writes for a while', () => {
  test.for([
    ['full', 'ENOSPC'],
    ['over its quota', 'EDQUOT'],
    ['mounted read-only', 'EROFS'],
  ] as const)(
    'makes the server answer 503 (%s); once the disk works again, the server continues, and one token is live',
    async ([, error]) => {
      const { server, recorder, client, slot, bystander, resourceServer } = await aScene()
      const files = [LOG, 'latchkey.db', '.write-probe']
      const writes = error === 'EROFS' ? 'pwrite64,write,ftruncate,openat,unlink' : 'pwrite64,write'
      const tracing = await attachStrace(server, failing(server, writes, `error=${error}`, files))
      for (let n = 0; n < 20; n++) {
        expect(await client.issue(slot)).toBe(undefined)
        expect(await client.verify(bystander)).toBe('live')
        expect(await client.introspect(bystander, resourceServer)).toBe('live')
      }
      expect(recorder.unavailable).toBeGreaterThanOrEqual(20)
      expect(recorder.broken).toBe(0)
      await tracing.detach()
      const took = stopwatch(server.pid)
      const latest = await eventually(() => client.issue(slot), { within: 60_000, what: 'a token is issued again' })
      expect(took()).toBeLessThan(2500)
      const live = await checkAll({ server, recorder, resourceServer }, [...recorder.received.values()])
      expect(live.map(({ jti }) => jti).sort()).toEqual([latest.jti, bystander.jti].sort())
      expect(violations(recorder.history)).toEqual([])
    },
  )
})

describe.skipIf(!has('strace'))('a stop while the disk accepts no writes', () => {
  test('a stop that comes before the server has noticed the failing disk ends with exit code 0 without delay, and every answered change is there after the next start', async () => {
    const { server, options, recorder, bystander, resourceServer } = await aScene()
    const tracing = await attachStrace(
      server,
      failing(server, 'pwrite64,write', 'error=ENOSPC', [LOG, 'latchkey.db', '.write-probe']),
    )
    const took = timeUntil(server.exited, server.pid)
    server.kill('SIGTERM')
    expect(await server.exited).toEqual({ code: 0, signal: null })
    expect(await took).toBeLessThan(2500)
    await tracing.detach()
    expect(server.stderr()).not.toMatch(/\n {4}at /)
    const restarted = await startRealServer(options)
    const live = await checkAll({ server: restarted, recorder, resourceServer }, [...recorder.received.values()])
    expect(live.map(({ jti }) => jti)).toContain(bystander.jti)
    expect(violations(recorder.history)).toEqual([])
  })
})

describe.skipIf(!has('strace'))('a disk that is slow', () => {
  test('a slow disk delays only requests that write, and the old token is live until the new token is durable', async () => {
    const { server, recorder, client, slot, bystander, resourceServer } = await aScene()
    const [old] = [...recorder.received.values()].filter(({ integration }) => integration === slot.integration)
    const tracing = await attachStrace(server, failing(server, 'fsync,fdatasync', 'delay_enter=1500000:when=1'))
    const began = performance.now()
    let issuedAfter = 0
    const others = new RecordedClient(server, recorder)
    const issued = client.issue(slot).then((token) => {
      issuedAfter = performance.now() - began
      return token
    })
    let slowest = 0
    let checks = 0
    await beside(issued, async () => {
      while (issuedAfter === 0) {
        const took = stopwatch(server.pid)
        await Promise.all([others.verify(bystander), old === undefined ? undefined : others.verify(old)])
        await others.introspect(bystander, resourceServer)
        slowest = Math.max(slowest, took())
        checks++
      }
    })
    await tracing.detach()
    expect(await issued).toBeDefined()
    expect(issuedAfter).toBeGreaterThan(1500)
    expect(slowest).toBeLessThan(500)
    expect(checks).toBeGreaterThanOrEqual(1500 / 500)
    expect(violations(recorder.history)).toEqual([])
    others.close()
  })

  test('a token request whose write takes more than 5 s gets 503, and after the next request one token is live', async () => {
    const { server, recorder, client, slot, bystander, resourceServer } = await aScene()
    const tracing = await attachStrace(server, failing(server, 'fsync,fdatasync', 'delay_enter=5500000:when=1'))
    expect(await client.issue(slot)).toBe(undefined)
    expect(recorder.unavailable).toBe(1)
    await tracing.detach()
    const latest = await client.issue(slot)
    const live = await checkAll({ server, recorder, resourceServer }, [...recorder.received.values()])
    expect(live.map(({ jti }) => jti).sort()).toEqual([latest?.jti, bystander.jti].sort())
    expect(violations(recorder.history)).toEqual([])
  })

  const acts: readonly (readonly [string, (scene: Scene, old: Received) => Promise<unknown>])[] = [
    ['a token request', ({ client, slot }) => client.issue(slot)],
    ['a revocation', ({ client }, old) => client.revoke(old)],
    ['a disabling', ({ server, recorder, slot }) => recordedChange(server, recorder, [slot], 'disable')],
  ]
  test.for(acts)(
    'if the server is killed before it wrote %s, every check that it answered before is still true',
    async ([, act]) => {
      const scene = await aScene()
      const { server, options, recorder, slot, resourceServer } = scene
      const [old] = [...recorder.received.values()].filter(({ integration }) => integration === slot.integration)
      if (old === undefined) throw new Error('no token to begin with')
      await attachStrace(server, failing(server, 'pwrite64', 'delay_enter=2000000:when=1'))
      const acting = act(scene, old)
      const others = new RecordedClient(server, recorder)
      const checks = async (): Promise<void> => {
        for (let n = 0; n < 50; n++) {
          await others.verify(old)
          await others.introspect(old, resourceServer)
        }
      }
      await beside(Promise.resolve(acting), checks)
      server.kill('SIGKILL')
      await acting
      expect(recorder.broken).toBe(1)
      const restarted = await startRealServer(options)
      await checkAll({ server: restarted, recorder, resourceServer }, [...recorder.received.values()])
      expect(violations(recorder.history)).toEqual([])
      others.close()
    },
  )
})
