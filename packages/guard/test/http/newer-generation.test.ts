// A token with a valid signature that is newer than the table: it ends the older token at once, and is accepted only
// after it is confirmed.
import { randomUUID, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../../../latchkey/test/a-server.ts'
import { signedWith } from '../../../latchkey/test/forged-tokens.ts'
import { signingKeyOf } from '../../../latchkey/test/opened-store.ts'
import { aGuard, type TestGuard, verdictOf } from '../a-guard.ts'
import { aServerBehindAProxy } from '../a-server-behind-a-proxy.ts'

const FEED = { mode: 'feed', maxStaleSeconds: 5, onStale: 'refuse' } as const

const questions = (guard: TestGuard) => guard.events.filter(({ type }) => type === 'introspection')

const ready = async (server: TestServer): Promise<TestGuard> => {
  const guard = aGuard(server, { liveness: FEED, reader: await server.integration({ resourceServer: true }) })
  await guard.ready()
  return guard
}

describe('while the feed is delayed', () => {
  const held = async (graceSeconds = 0) => {
    const { server, proxy } = await aServerBehindAProxy()
    const client = await server.integration({ graceSeconds })
    const first = await server.token(client)
    const guard = await ready(server)
    expect(await verdictOf(guard, first, PREDICT)).toBe('200')
    proxy.impose({ kind: 'silence' }, 'feed')
    return { server, proxy, client, guard, first }
  }

  test('the guard accepts the newer token after one introspection, and refuses the older token without introspection', async () => {
    const { server, guard, first, client } = await held()
    const second = await server.token(client)
    expect(await verdictOf(guard, first, PREDICT)).toBe('200')
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdictOf(guard, second, PREDICT)))
    expect(new Set(verdicts)).toEqual(new Set(['200']))
    expect(questions(guard)).toHaveLength(1)
    expect(await verdictOf(guard, first, PREDICT)).toBe('401 superseded')
    expect(await verdictOf(guard, second, PREDICT)).toBe('200')
    expect(questions(guard)).toHaveLength(1)
  })

  test('the guard refuses the older token as soon as it sees the newer token, before an introspection confirms the newer token', async () => {
    const { server, guard, first, client } = await held()
    const second = await server.token(client)
    const verdicts = await Promise.all([verdictOf(guard, second, PREDICT), verdictOf(guard, first, PREDICT)])
    expect(verdicts).toEqual(['200', '401 superseded'])
  })

  test('the guard accepts only the newest of three tokens, in every order of arrival', async () => {
    const { server, guard, first, client } = await held()
    const second = await server.token(client)
    const third = await server.token(client)
    expect(await verdictOf(guard, third, PREDICT)).toBe('200')
    expect(await verdictOf(guard, second, PREDICT)).toBe('401 superseded')
    expect(await verdictOf(guard, first, PREDICT)).toBe('401 superseded')
  })

  test('the guard accepts the first token of a client that is not in the table, after one introspection', async () => {
    const { server, guard } = await held()
    const token = await server.token(await server.integration({ name: 'Latecomer' }))
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    expect(questions(guard)).toHaveLength(1)
  })
})

describe('a token that was forged with a leaked signing key', () => {
  interface Stolen {
    readonly server: TestServer
    readonly client: TestIntegration
    readonly live: string
    readonly forge: (change: Record<string, unknown>) => string
  }

  const stolen = async (): Promise<Stolen> => {
    const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
    const env = { LATCHKEY_DATA_DIR: dataDir }
    await (await startTestServer({ env })).stop()
    const key: KeyObject = await signingKeyOf(dataDir)
    const server = await startTestServer({ env })
    onTestFinished(async () => {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    })
    const client = await server.integration()
    const live = await server.token(client)
    const forge = (change: Record<string, unknown>): string =>
      signedWith(
        key,
        JSON.stringify(decodeProtectedHeader(live)),
        JSON.stringify({ ...decodeJwt(live), jti: randomUUID(), ...change }),
      )
    return { server, client, live, forge }
  }
  const generationOf = (token: string): number => Number(decodeJwt(token)['gen'])

  test('is refused, and blocks the client at most until the feed next confirms the table', async () => {
    const { server, live, forge } = await stolen()
    const guard = await ready(server)
    const forged = forge({ gen: 2 ** 53 - 1 })
    const refused = verdictOf(guard, forged, PREDICT)
    expect(await verdictOf(guard, live, PREDICT)).toMatch(/^(200|401 superseded)$/)
    expect(await refused).toBe('401 unknown')
    await eventually(async () => (await verdictOf(guard, live, PREDICT)) === '200', {
      within: 2500,
      what: 'the live token is accepted again',
    })
    expect(await verdictOf(guard, forged, PREDICT)).toBe('401 unknown')
    expect(await verdictOf(guard, live, PREDICT)).toBe('200')
    expect(questions(guard)).toHaveLength(1)
  })

  test('is refused, even if there are a hundred such tokens, with few introspections, and the next genuine token is accepted', async () => {
    const { server, client, live, forge } = await stolen()
    const guard = await ready(server)
    const next = generationOf(live) + 1
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, i) => verdictOf(guard, forge({ gen: next + i }), PREDICT)),
    )
    expect(verdicts.filter((verdict) => verdict === '200')).toEqual([])
    expect(questions(guard).length).toBeLessThanOrEqual(20)
    const token = await server.token(client)
    await eventually(async () => (await verdictOf(guard, token, PREDICT)) === '200', {
      within: 2500,
      what: 'the true token is accepted',
    })
  })

  test.each<[string, (live: string) => Record<string, unknown>, string]>([
    ['the live generation with another jti', (live) => ({ gen: generationOf(live) }), 'unknown'],
    [
      'the live jti with a later end',
      (live) => ({ jti: decodeJwt(live).jti, exp: (decodeJwt(live).exp ?? 0) + 1 }),
      'unknown',
    ],
    ['a generation that no slot has', () => ({ gen: 0 }), 'unknown'],
    ['an older generation', (live) => ({ gen: generationOf(live) - 1 || 0 }), '(superseded|unknown)'],
    ['another client', () => ({ sub: 'admin', client_id: 'admin', cid: 'admin' }), 'unknown'],
    ['another audience', () => ({ aud: 'api://another' }), 'wrong_audience'],
  ])('that has %s is refused', async (_what, change, reason) => {
    const { server, live, forge } = await stolen()
    const guard = await ready(server)
    expect(await verdictOf(guard, forge(change(live)), PREDICT)).toMatch(new RegExp(`^401 ${reason}$`))
    expect(await verdictOf(guard, live, PREDICT)).toBe('200')
  })
})
