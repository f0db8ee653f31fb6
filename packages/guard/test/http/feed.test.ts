// A guard that follows the feed of a real server refuses ended tokens without a request.
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  aServer,
  MODEL,
  PREDICT,
  startTestServer,
  TestClock,
  type TestIntegration,
  type TestServer,
} from '../../../latchkey/test/a-server.ts'
import { eventually } from '../../../../e2e/eventually.ts'
import * as signingKeys from '../../../latchkey/test/signing-keys-api.ts'
import { aGuard, type TestGuard, verdictOf } from '../a-guard.ts'
import { aServerBehindAProxy } from '../a-server-behind-a-proxy.ts'

const FEED = { mode: 'feed', maxStaleSeconds: 5, onStale: 'refuse' } as const

let server: TestServer
let reader: TestIntegration

beforeAll(async () => {
  server = await startTestServer()
  reader = await server.integration({ name: 'APIs', resourceServer: true })
})

afterAll(() => server.stop())

const aReadyGuard = async (of = server, by = reader): Promise<TestGuard> => {
  const guard = aGuard(of, { liveness: FEED, reader: by })
  await guard.ready()
  return guard
}

const becomes = (guard: TestGuard, token: string, verdict: string, scope = PREDICT): Promise<unknown> =>
  eventually(async () => ((await verdictOf(guard, token, scope)) === verdict ? true : undefined), {
    within: 2000,
    what: `the token is ${verdict}`,
  })

const introspections = (guard: TestGuard) => guard.events.filter(({ type }) => type === 'introspection')

test('the predict API accepts a predict token, the models API refuses it, and a new token ends it without a request of the guard', async () => {
  const client = await server.integration({ name: 'Client' })
  const first = await server.token(client)
  const model = await server.token(client, MODEL)
  const guard = await aReadyGuard()
  expect(await verdictOf(guard, first, PREDICT)).toBe('200')
  expect(await verdictOf(guard, first, MODEL)).toBe('403 insufficient_scope')
  const second = await server.token(client)
  await becomes(guard, first, '401 superseded')
  expect(await verdictOf(guard, second, PREDICT)).toBe('200')
  expect(await verdictOf(guard, model, MODEL)).toBe('200')
  expect(introspections(guard)).toEqual([])
})

describe('after a change at the server, the guard refuses', () => {
  test('a revoked token', async () => {
    const client = await server.integration()
    const token = await server.token(client)
    const guard = await aReadyGuard()
    await server.revoke(client, token)
    await becomes(guard, token, '401 revoked')
  })

  test('the tokens of a disabled integration, also after it is enabled again', async () => {
    const client = await server.integration()
    const token = await server.token(client)
    const guard = await aReadyGuard()
    await signingKeys.ask(server, 'POST', `/integrations/${client.id}/disable`)
    await becomes(guard, token, '401 integration_disabled')
    await signingKeys.ask(server, 'POST', `/integrations/${client.id}/enable`)
    await becomes(guard, token, '401 revoked')
  })

  test('all tokens of a revoked key, and accepts tokens of the next key at once', async () => {
    const own = await aServer()
    const apis = await own.integration({ resourceServer: true })
    const client = await own.integration()
    const token = await own.token(client)
    const guard = await aReadyGuard(own, apis)
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    await signingKeys.revoke(own, decodeProtectedHeader(token).kid ?? '')
    const next = await own.token(client)
    expect(await verdictOf(guard, next, PREDICT)).toBe('200')
    await becomes(guard, token, '401 bad_signature')
  })
})

describe('grace', () => {
  test('the guard accepts the previous token until its grace ends, and refuses older tokens', async () => {
    const client = await server.integration({ graceSeconds: 60 })
    const first = await server.token(client)
    const guard = await aReadyGuard()
    const second = await server.token(client)
    // The newer token reaches the guard before its row in the feed. The guard must not refuse the older token for that
    // reason alone.
    expect(await verdictOf(guard, second, PREDICT)).toBe('200')
    expect(await verdictOf(guard, first, PREDICT)).toBe('200')
    const third = await server.token(client)
    await becomes(guard, first, '401 superseded')
    expect(await verdictOf(guard, second, PREDICT)).toBe('200')
    expect(await verdictOf(guard, third, PREDICT)).toBe('200')
  })
})

test('the guard accepts the first token of an integration that was created after the snapshot', async () => {
  const guard = await aReadyGuard()
  const token = await server.token(await server.integration({ name: 'Latecomer' }))
  expect(await verdictOf(guard, token, PREDICT)).toBe('200')
  expect(introspections(guard)).toEqual([])
})

describe('a token whose scope the guard has no right for', () => {
  test('is refused on routes that require another scope, and gives 503 on routes that require its scope', async () => {
    const apis = await server.integration({ name: 'Models API', scopes: [MODEL], resourceServer: true })
    const guard = await aReadyGuard(server, apis)
    const predict = await server.token(await server.integration())
    expect(guard.status().feed?.scopes).toEqual([MODEL])
    expect(await verdictOf(guard, predict, MODEL)).toBe('403 insufficient_scope')
    const decision = await guard.check(`Bearer ${predict}`, PREDICT)
    expect(decision).toMatchObject({ ok: false, status: 503, code: 'RIGHT_MISSING' })
  })

  test('does not make the start wait for a table that the guard will never get', async () => {
    const powerless = await server.integration({ name: 'No right' })
    const guard = aGuard(server, { liveness: FEED, reader: powerless })
    await expect(guard.ready()).rejects.toMatchObject({ code: 'RIGHT_MISSING' })
  })
})

test("if the server refuses the guard's credentials, the guard reports it and answers 503, not 401", async () => {
  const guard = aGuard(server, {
    liveness: FEED,
    options: { credentials: { clientId: reader.clientId, clientSecret: 'lks_wrong' } },
  })
  await expect(guard.ready()).rejects.toMatchObject({ code: 'CREDENTIALS_REFUSED' })
  const token = await server.token(await server.integration())
  expect(await verdictOf(guard, token, PREDICT)).toBe('503 temporarily_unavailable')
  expect(guard.status()).toMatchObject({ isReady: false, lastError: { code: expect.any(String) as string } })
})

describe('before the snapshot is complete', () => {
  const aGuardThatWaits = async (onStale: 'introspect' | 'refuse') => {
    const { server: far, proxy } = await aServerBehindAProxy()
    proxy.impose({ kind: 'silence' }, 'feed')
    const token = await far.token(await far.integration())
    const by = await far.integration({ name: 'APIs', resourceServer: true })
    return { guard: aGuard(far, { liveness: { ...FEED, onStale }, reader: by }), token }
  }

  test('a guard that may introspect asks the server about each token', async () => {
    const { guard, token } = await aGuardThatWaits('introspect')
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    expect(introspections(guard)).toHaveLength(1)
  })

  test('a guard that may not introspect answers 503', async () => {
    const { guard, token } = await aGuardThatWaits('refuse')
    expect(await verdictOf(guard, token, PREDICT)).toBe('503 temporarily_unavailable')
  })
})

test('the status contains the age and the size of the table', async () => {
  const guard = await aReadyGuard()
  const { isReady, keys, feed } = guard.status()
  expect([isReady, keys]).toEqual([true, 1])
  expect(feed).toMatchObject({ isStale: false, isConnected: true, scopes: [MODEL, PREDICT] })
  expect(feed?.ageSeconds).toBeLessThan(2)
  expect(feed?.slots).toBeGreaterThanOrEqual(2)
  expect(guard.events).toContainEqual({ type: 'feed', state: 'loaded' })
})

test('a table does not count as fresh merely because the clock of the server has jumped', async () => {
  const clock = new TestClock()
  const own = await aServer({ clock })
  const guard = await aReadyGuard(own, await own.integration({ name: 'APIs', resourceServer: true }))
  clock.advance(1800)
  let oldest = 0
  const age = await eventually(
    () => {
      const { ageSeconds = 0 } = guard.status().feed ?? {}
      oldest = Math.max(oldest, ageSeconds)
      return ageSeconds < oldest && { ageSeconds }
    },
    { within: 5000, what: 'the next certificate' },
  )
  expect(age.ageSeconds).toBeGreaterThanOrEqual(0)
})

test('after a restart of the server the guard reconnects, and refuses no live token', async () => {
  const start = signingKeys.restarts({})
  const first = await start()
  const token = await first.token(await first.integration())
  const guard = await aReadyGuard(first, await first.integration({ resourceServer: true }))
  const verdicts = new Set<string>()
  const restarted = start()
  await eventually(
    async () => {
      verdicts.add(await verdictOf(guard, token, PREDICT))
      return guard.events.filter((event) => event.type === 'feed' && event.state === 'loaded').length === 2
    },
    { within: 30_000, what: 'a second snapshot is in' },
  )
  await restarted
  expect(await verdictOf(guard, token, PREDICT)).toBe('200')
  expect([...verdicts].filter((verdict) => !['200', '503 temporarily_unavailable'].includes(verdict))).toEqual([])
})

describe('a wall clock that is set', () => {
  const setClock = (bySeconds: number): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + bySeconds * 1000 })
    onTestFinished(() => void vi.useRealTimers())
  }

  test('back does not revive a token after the guard has seen it expired', async () => {
    const token = await server.token(await server.integration())
    const guard = await aReadyGuard()
    setClock(3700)
    expect(await verdictOf(guard, token, PREDICT)).toBe('401 expired')
    vi.useRealTimers()
    expect(await verdictOf(guard, token, PREDICT)).toBe('401 expired')
  })

  test('back does not make the table younger, and the table keeps its content', async () => {
    const token = await server.token(await server.integration())
    const guard = await aReadyGuard()
    setClock(-600)
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    expect(guard.status().feed?.ageSeconds).toBeGreaterThan(0)
  })

  test('forward counts as a sleep of the machine, until a new stream shows that the machine did not sleep', async () => {
    const token = await server.token(await server.integration())
    const guard = await aReadyGuard()
    setClock(60)
    expect(await verdictOf(guard, token, PREDICT)).toBe('503 temporarily_unavailable')
    await eventually(async () => (await verdictOf(guard, token, PREDICT)) === '200', {
      within: 30_000,
      what: 'the table is fresh by both clocks',
    })
    expect(guard.events.filter(({ type }) => type === 'feed')).toEqual([
      { type: 'feed', state: 'loaded' },
      { type: 'feed', state: 'resumed' },
    ])
  })
})
