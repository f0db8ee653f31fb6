// A token manager that shares its token with no other process, against a minimal server (reference-server.ts).
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/memory-store.ts'
import { TokenError } from '../../src/token-error.ts'
import { aManager } from '../a-manager.ts'
import { answer, aReferenceServer, CLIENT_SECRET } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

const MINUTE = 60_000

async function setting() {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const store = memoryStore(clock)
  return { clock, server, store, ...aManager(server, clock, { store }) }
}

const failureOf = async (promise: Promise<unknown>): Promise<TokenError> => {
  const failure: unknown = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (failure instanceof TokenError) return failure
  throw new Error('there was no TokenError', { cause: failure })
}

describe('the first token', () => {
  test('is requested once for a hundred callers at the same time', async () => {
    const { clock, server, manager, events } = await setting()
    const tokens = await clock.until(Promise.all(Array.from({ length: 100 }, () => manager.getToken())))
    expect(new Set(tokens).size).toBe(1)
    expect(server.counts).toMatchObject({ issued: 1, requested: 1 })
    expect(events).toEqual(['issued'])
  })

  test("is requested with the library's name as user agent, and without credentials in the URL", async () => {
    const { clock, server, manager } = await setting()
    const seen: (string | undefined)[] = []
    server.meddle = ({ url, headers }) => {
      seen.push(url, headers['user-agent'])
      return false
    }
    await clock.until(manager.getToken())
    expect(seen[0]).toMatch(/\/v1\/token\?scope=machinelearning\.predict&grant_type=client_credentials$/)
    expect(seen[1]).toMatch(/^latchkey-client\/\d+\.\d+\.\d+ \([A-Za-z0-9.-]*:\d+:[0-9a-f]{8}\)$/)
  })

  test('is used until five minutes before its end, then a new token is requested', async () => {
    const { clock, server, manager } = await setting()
    const first = await clock.until(manager.getToken())
    clock.advance(54 * MINUTE)
    expect(await manager.getToken()).toBe(first)
    clock.advance(MINUTE + 20_000)
    expect(await clock.until(manager.getToken())).not.toBe(first)
    expect(server.counts.issued).toBe(2)
  })

  test('is renewed after half its lifetime if that is short', async () => {
    const { clock, server, manager } = await setting()
    server.lifetimeSeconds = 60
    await clock.until(manager.getToken())
    clock.advance(29_000)
    await manager.getToken()
    expect(server.counts.issued).toBe(1)
    clock.advance(3000)
    await clock.until(manager.getToken())
    expect(server.counts.issued).toBe(2)
  })

  test('is used until 5 s before its end if its renewal is already due when it arrives', async () => {
    const { clock, server, manager } = await setting()
    // A server that returns a token that it issued earlier: its claims say one hour, and 200 s of its lifetime are
    // left.
    server.meddle = (request, response) => {
      if (!request.url?.includes('/v1/token')) return false
      const access_token = server.issue('machinelearning.predict')
      answer(response, 200, { token_type: 'Bearer', expires_in: 200, access_token })
      return true
    }
    await clock.until(manager.getToken())
    clock.advance(194_000)
    await manager.getToken()
    expect(server.counts.issued).toBe(1)
    clock.advance(1000)
    await clock.until(manager.getToken())
    expect(server.counts.issued).toBe(2)
  })
})

describe('when the token endpoint fails', () => {
  test('callers get the old token while it is valid, and a new token as soon as the server issues a new token', async () => {
    const { clock, server, manager, events } = await setting()
    const first = await clock.until(manager.getToken())
    clock.advance(56 * MINUTE)
    server.meddle = (_request, response) => (answer(response, 503, {}), true)
    for (let second = 0; second < 60; second++) {
      expect(await clock.until(manager.getToken())).toBe(first)
      clock.advance(1000)
    }
    // A caller asks for a token once a second. The manager sends fewer and fewer requests.
    expect(server.counts.requested - 1).toBeLessThan(10)
    server.meddle = () => false
    clock.advance(30_000)
    expect(await clock.until(manager.getToken())).not.toBe(first)
    expect(events.at(-1)).toBe('issued')
  })

  test('a hundred callers without a token wait for one shared attempt', async () => {
    const { clock, server, manager } = await setting()
    server.meddle = (_request, response) => server.counts.requested < 3 && (answer(response, 500, {}), true)
    const tokens = await clock.until(Promise.all(Array.from({ length: 100 }, () => manager.getToken())))
    expect(new Set(tokens).size).toBe(1)
    expect(server.counts).toMatchObject({ requested: 3, issued: 1 })
  })

  test.each([
    ['Retry-After in seconds', { 'retry-after': '7' }],
    [
      'Retry-After as a date',
      { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
    ],
    ['X-Rate-Limit-Reset', { 'x-rate-limit-reset': '1767225607', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }],
  ])(
    'the manager waits as long as the server asks with %s, whatever the local clock shows',
    async (_title, headers) => {
      const { clock, server, manager } = await setting()
      server.meddle = (_request, response) => server.counts.requested < 2 && (answer(response, 429, {}, headers), true)
      const began = clock.now()
      await clock.until(manager.getToken())
      expect(server.counts.requested).toBe(2)
      expect(clock.now() - began).toBeGreaterThanOrEqual(7000)
    },
  )

  test('a caller that would have to wait longer than ten seconds gets an error at once, without a request', async () => {
    const { clock, server, manager } = await setting()
    server.meddle = (_request, response) => (answer(response, 429, {}, { 'retry-after': '60' }), true)
    expect(await failureOf(clock.until(manager.getToken()))).toMatchObject({ code: 'RATE_LIMITED', status: 429 })
    for (let time = 0; time < 5; time++)
      expect((await failureOf(clock.until(manager.getToken()))).code).toBe('RATE_LIMITED')
    expect(server.counts.requested).toBe(1)
  })

  test.each([
    ['an RFC 6749 body', 401, { error: 'invalid_client', error_description: 'no' }],
    ['an errorCode body', 401, { errorCode: 'invalid_client', errorSummary: 'no' }],
  ])('invalid_client in %s stops the manager permanently', async (_title, status, body) => {
    const { clock, server, manager, events } = await setting()
    server.meddle = (_request, response) => (answer(response, status, body), true)
    const failure = await failureOf(clock.until(manager.getToken()))
    expect(failure).toMatchObject({ code: 'INVALID_CLIENT', isFinal: true, serverError: 'invalid_client' })
    server.meddle = () => false
    clock.advance(60 * MINUTE)
    expect(await failureOf(clock.until(manager.getToken()))).toBe(failure)
    expect(server.counts.requested).toBe(1)
    expect(manager.status().state).toBe('stopped')
    expect(events).toEqual(['failed'])
  })

  test.each([
    ['a redirect', (port: string) => ({ status: 302, body: {}, headers: { location: `http://127.0.0.1:${port}/x` } })],
    ['no token', () => ({ status: 200, body: { token_type: 'Bearer', expires_in: 60 }, headers: {} })],
    [
      'another type',
      () => ({ status: 200, body: { token_type: 'mac', expires_in: 60, access_token: 'a' }, headers: {} }),
    ],
    ['no time', () => ({ status: 200, body: { token_type: 'Bearer', access_token: 'a' }, headers: {} })],
  ])('an answer with %s is refused', async (_title, given) => {
    const { clock, server, manager } = await setting()
    const { status, body, headers } = given(new URL(server.url).port)
    const paths: (string | undefined)[] = []
    server.meddle = ({ url }, response) => (paths.push(url), answer(response, status, body, headers), true)
    expect((await failureOf(clock.until(manager.getToken()))).code).toBe('UNUSABLE_ANSWER')
    expect(paths.every((path) => path?.includes('/v1/token'))).toBe(true)
  })

  test('if the connection is refused, the error names this cause and contains no secret', async () => {
    const { clock, server } = await setting()
    const { manager } = aManager(server, clock, { tokenUrl: 'http://127.0.0.1:9/v1/token' })
    const failure = await failureOf(clock.until(manager.getToken()))
    expect(failure.code).toBe('UNREACHABLE')
    for (const text of [
      String(failure),
      inspect(failure, { depth: 9, showHidden: true }),
      inspect(manager, { depth: 9, showHidden: true }),
    ]) {
      expect(text).not.toContain(CLIENT_SECRET)
      expect(text).not.toContain(Buffer.from(CLIENT_SECRET).toString('base64').slice(4, 30))
    }
  })
})
