// Lost answers, wrong clocks, and a server that is down when a renewal is due.
import { once } from 'node:events'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/memory-store.ts'
import type { TokenError } from '../../src/token-error.ts'
import { aManager, PREDICT } from '../a-manager.ts'
import { aReferenceServer } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

const MINUTE = 60_000
const isTokenRequest = (url: string | undefined): boolean => url?.includes('/v1/token') ?? false

async function setting(skewMs = 0) {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now() + skewMs)
  const store = memoryStore(clock)
  const { manager, events } = aManager(server, clock, { store })
  const statuses: number[] = []
  /** A program that calls the API twice a second. */
  const call = async (forMs: number): Promise<void> => {
    const end = clock.now() + forMs
    while (clock.now() < end) {
      statuses.push((await manager.fetchWithToken(server.apiUrl)).status)
      await clock.wait(500)
    }
  }
  return { clock, server, manager, events, statuses, call: (forMs: number) => clock.until(call(forMs)) }
}

test('if the connection breaks after the server has issued a token, the manager requests another token and no call fails', async () => {
  const { clock, server, statuses, call } = await setting()
  await call(1000)
  clock.advance(55 * MINUTE - 5000)
  server.meddle = ({ url }, response) => {
    if (!isTokenRequest(url) || server.counts.requested !== 2) return false
    server.issue(PREDICT)
    response.destroy()
    return true
  }
  await call(MINUTE)
  expect(server.counts).toMatchObject({ requested: 3, refused: 0 })
  expect(new Set(statuses)).toEqual(new Set([200]))
})

test('an incomplete answer is treated like a lost answer', async () => {
  const { clock, server, call } = await setting()
  server.meddle = ({ url }, response) => {
    if (!isTokenRequest(url) || server.counts.requested !== 1) return false
    server.issue(PREDICT)
    response.writeHead(200, { 'content-length': '500' }).write('{"access_token":"', () => response.destroy())
    return true
  }
  await call(1000)
  clock.advance(MINUTE)
  await call(1000)
  expect(server.counts).toMatchObject({ requested: 2, refused: 0 })
})

test('the error about an answer that is not HTTP does not contain the token of the answer', async () => {
  const { server, manager } = await setting()
  server.meddle = ({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ{"access_token":"a.secret.token"}\r\n')
    return true
  }
  const failed = once(manager, 'failed')
  manager.getToken().catch(() => undefined)
  const [{ error }] = (await failed) as [{ error: TokenError }]
  expect(error.code).toBe('UNREACHABLE')
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('a.secret.token')
})

test.each([
  ['ahead of', 10 * MINUTE],
  ['behind', -10 * MINUTE],
])('a server clock ten minutes %s the local one has no effect', async (_title, skewMs) => {
  const { clock, server, call } = await setting(skewMs)
  for (let minutes = 0; minutes < 180; minutes += 5) {
    await call(1000)
    clock.advance(5 * MINUTE - 1000)
  }
  // The run lasts three hours. The token is renewed every 55 minutes at the earliest.
  expect(server.counts.requested).toBeLessThanOrEqual(4)
  expect(server.counts.refused).toBe(0)
})

test('no call fails while the server is down for a minute around the renewal', async () => {
  const { clock, server, events, statuses, call } = await setting()
  await call(1000)
  clock.advance(55 * MINUTE - 10_000)
  server.meddle = ({ url }, response) => isTokenRequest(url) && (response.destroy(), true)
  await call(MINUTE)
  const requested = server.counts.requested
  server.meddle = () => false
  await call(MINUTE)
  expect(requested).toBeLessThan(20)
  expect(server.counts).toMatchObject({ issued: 2, refused: 0 })
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(events.filter((name) => name === 'issued')).toHaveLength(2)
})

test('if a token endpoint hangs, calls wait three seconds and then use the old token', async () => {
  const { clock, server, manager, call } = await setting()
  await call(1000)
  clock.advance(56 * MINUTE)
  server.meddle = ({ url }) => isTokenRequest(url)
  const began = clock.now()
  expect((await clock.until(manager.fetchWithToken(server.apiUrl))).status).toBe(200)
  expect(clock.now() - began).toBeLessThan(5000)
  expect(server.counts.issued).toBe(1)
})
