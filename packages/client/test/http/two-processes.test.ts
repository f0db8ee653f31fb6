// Two managers that share one store: leases, the order of tokens, and shared failures.
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/memory-store.ts'
import type { TokenStore } from '../../src/token-store.ts'
import { aManager, PREDICT } from '../a-manager.ts'
import { answer, aReferenceServer } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

const MINUTE = 60_000

async function setting() {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const store = memoryStore(clock)
  return { clock, server, store, one: aManager(server, clock, { store }), two: aManager(server, clock, { store }) }
}

const tokenWith = (claims: object): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

describe('a process that was stopped for longer than its lease', () => {
  test.each([
    ['by generation', { jti: 'a', gen: 7, iat: 200 }, { jti: 'b', gen: 8, iat: 100 }],
    ['by issue time', { jti: 'a', iat: 100 }, { jti: 'b', iat: 101 }],
    ['by the order of the leases', { jti: 'a' }, { jti: 'b' }],
    ['by the order of the leases, for texts that nobody can read', 'opaque-a', 'opaque-b'],
  ])('does not overwrite the newer token with its older token: %s', async (_title, older, newer) => {
    const { clock, server, one, two } = await setting()
    const [olderText, newerText] = [older, newer].map((claims) =>
      typeof claims === 'string' ? claims : tokenWith(claims),
    )
    const grant = (access_token: string | undefined) => ({ token_type: 'Bearer', expires_in: 3600, access_token })
    let deliver: () => void = () => undefined
    server.meddle = (_request, response) => {
      // The first answer takes longer than a lease.
      if (server.counts.requested === 1) deliver = () => void answer(response, 200, grant(olderText))
      else answer(response, 200, grant(newerText))
      return true
    }
    const first = one.manager.getToken()
    const second = await clock.until(two.manager.getToken())
    expect(second).toBe(newerText)
    deliver()
    expect(await clock.until(first)).toBe(newerText)
    clock.advance(MINUTE)
    expect(await clock.until(one.manager.getToken())).toBe(newerText)
    expect(server.counts.requested).toBeLessThanOrEqual(3)
  })
})

test('after a failure one process sends the next request, and the other processes wait for its result', async () => {
  const { clock, server, one, two } = await setting()
  server.meddle = (_request, response) => (answer(response, 429, {}, { 'retry-after': '60' }), true)
  await expect(clock.until(one.manager.getToken())).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  await expect(clock.until(two.manager.getToken())).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  expect(server.counts.requested).toBe(1)
})

test('if the server refuses the client, the other processes stop too without sending a request', async () => {
  const { clock, server, one, two } = await setting()
  server.meddle = (_request, response) => (answer(response, 401, { error: 'invalid_client' }), true)
  for (const { manager } of [one, two]) {
    await expect(clock.until(manager.getToken())).rejects.toMatchObject({ code: 'INVALID_CLIENT', isFinal: true })
  }
  expect(server.counts.requested).toBe(1)
})

test('a manager uses its token even if the store fails', async () => {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const inner = memoryStore(clock)
  let isDown = false
  const store: TokenStore = {
    read: async (key) => (isDown ? Promise.reject(new Error('away')) : inner.read(key)),
    replace: async (...args) => (isDown ? Promise.reject(new Error('away')) : inner.replace(...args)),
  }
  const { manager } = aManager(server, clock, { store })
  const token = await clock.until(manager.getToken())
  isDown = true
  clock.advance(56 * MINUTE)
  expect(await clock.until(manager.getToken())).toBe(token)
  server.issue(PREDICT)
  expect((await clock.until(manager.fetchWithToken(server.apiUrl))).status).toBe(401)
  clock.advance(10 * MINUTE)
  await expect(clock.until(manager.getToken())).rejects.toMatchObject({ code: 'STORE_FAILED' })
  isDown = false
  expect((await clock.until(manager.fetchWithToken(server.apiUrl))).status).toBe(200)
})
