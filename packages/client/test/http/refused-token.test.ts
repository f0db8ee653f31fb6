// What happens when an API answers 401: one read of the store, at most one renewal, at most one retry.
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/memory-store.ts'
import { aManager, PREDICT } from '../a-manager.ts'
import { answer, aReferenceServer } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

async function setting() {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const store = memoryStore(clock)
  const one = aManager(server, clock, { store })
  const two = aManager(server, clock, { store })
  const call = ({ manager }: typeof one, init?: RequestInit) => clock.until(manager.fetchWithToken(server.apiUrl, init))
  return { clock, server, store, one, two, call }
}

/** Makes the API refuse every token, with this reason. */
const refusing = (reason: string) => (request: { url?: string | undefined }, response: Parameters<typeof answer>[0]) =>
  request.url === '/api' && (answer(response, 401, {}, { 'latchkey-reason': reason }), true)

describe('when another program ends the token with a token request of its own', () => {
  test('the manager sends one token request, however many API calls are refused at once', async () => {
    const { clock, server, one, two, call } = await setting()
    await call(one)
    await call(two)
    server.issue(PREDICT)
    const calls = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? one : two).manager.fetchWithToken(server.apiUrl),
    )
    const answers = await clock.until(Promise.all(calls))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    // The three tokens are the first token, the token of the other program, and the new token of the manager.
    expect(server.counts.issued).toBe(3)
    const reported = [...one.events, ...two.events]
    expect(reported.filter((name) => name === 'superseded-by-other')).toHaveLength(1)
    expect(reported.filter((name) => name === 'issued')).toHaveLength(2)
    expect((await call(two)).status).toBe(200)
    expect(server.counts.refused).toBe(40)
  })

  test('again and again, the manager requests new tokens less and less often', async () => {
    const { clock, server, one, call } = await setting()
    for (let time = 0; time < 300; time++) {
      server.issue(PREDICT)
      await call(one)
      clock.advance(200)
    }
    // 300 refusals within a minute lead to fewer than 12 token requests.
    expect(server.counts.requested).toBeLessThan(12)
  })
})

describe('a 401', () => {
  test('for a token that another process has replaced leads to no token request', async () => {
    const { server, one, two, call } = await setting()
    await call(one)
    await call(two)
    server.issue(PREDICT)
    await call(two)
    const { requested } = server.counts
    expect((await call(one)).status).toBe(200)
    expect(server.counts.requested).toBe(requested)
    expect(one.events.slice(-2)).toEqual(['refused', 'reused'])
  })

  test('leads to one retry, and a second 401 is returned to the caller', async () => {
    const { server, one, call } = await setting()
    server.meddle = refusing('unknown')
    const calls: (string | undefined)[] = []
    const refuse = server.meddle
    server.meddle = (request, response) => (calls.push(request.url), refuse(request, response))
    expect((await call(one)).status).toBe(401)
    expect(calls.filter((url) => url === '/api')).toHaveLength(2)
    expect(server.counts.requested).toBe(2)
  })

  test('for an expired token leads to a renewal, and no event claims that another program ended the token', async () => {
    const { server, one, call } = await setting()
    await call(one)
    server.issue(PREDICT)
    server.meddle = refusing('expired')
    await call(one)
    expect(server.counts.requested).toBe(2)
    expect(one.events).not.toContain('superseded-by-other')
  })

  test('for a malformed token leads to no token request: the next token would be damaged too', async () => {
    const { server, one, call } = await setting()
    await call(one)
    server.meddle = refusing('malformed')
    expect((await call(one)).status).toBe(401)
    expect(server.counts.requested).toBe(1)
  })

  test('that says the integration is disabled stops the manager', async () => {
    const { server, one, call } = await setting()
    await call(one)
    server.meddle = refusing('integration_disabled')
    expect((await call(one)).status).toBe(401)
    await expect(call(one)).rejects.toMatchObject({ code: 'INTEGRATION_DISABLED', isFinal: true })
    expect(server.counts.requested).toBe(1)
  })

  test('to a streamed body renews the token and is returned, because the stream is used up', async () => {
    const { server, one, call } = await setting()
    await call(one)
    server.issue(PREDICT)
    const body = Readable.toWeb(Readable.from([Buffer.from('{}')])) as ReadableStream
    expect((await call(one, { method: 'POST', body, duplex: 'half' })).status).toBe(401)
    expect((await call(one, { method: 'POST', body: '{}' })).status).toBe(200)
  })

  test('with an incomplete body leads to a second request, and not to an error', async () => {
    const { server, one, call } = await setting()
    await call(one)
    server.issue(PREDICT)
    const broken = Promise.withResolvers<void>()
    server.meddle = ({ url }, response) => {
      if (url === '/api') {
        response.once('close', broken.resolve)
        response.writeHead(401, { 'content-length': 100 }).write('half', () => setImmediate(() => response.destroy()))
        server.meddle = (_request, late) => {
          server.meddle = () => false
          const access_token = server.issue(PREDICT)
          // By now the client has noticed that the other connection ended.
          const answerLate = () => answer(late, 200, { token_type: 'Bearer', expires_in: 3600, access_token })
          void broken.promise.then(() => setImmediate(() => setImmediate(answerLate)))
          return true
        }
      }
      return true
    }
    expect((await call(one)).status).toBe(200)
  })

  test('from another origin after a redirect does not concern the token', async () => {
    const { server, one, call } = await setting()
    const elsewhere = await aReferenceServer()
    await call(one)
    server.meddle = ({ url }, response) =>
      url === '/api' && (answer(response, 307, {}, { location: elsewhere.apiUrl }), true)
    expect((await call(one)).status).toBe(401)
    expect(one.events).not.toContain('refused')
    expect(server.counts.requested).toBe(1)
  })
})

test('no API call fails when the token of a busy client is renewed', async () => {
  const { clock, server, one, two } = await setting()
  const statuses: number[] = []
  const end = clock.now() + 80_000
  server.lifetimeSeconds = 60
  const caller = async ({ manager }: typeof one): Promise<void> => {
    while (clock.now() < end) {
      statuses.push((await manager.fetchWithToken(server.apiUrl)).status)
      await clock.wait(500)
    }
  }
  await clock.until(Promise.all([one, two, one, two].map(caller)))
  expect(statuses.length).toBeGreaterThan(200)
  expect(server.counts.refused).toBe(0)
  expect(server.counts.issued).toBeGreaterThan(2)
  expect(server.counts.issued).toBeLessThanOrEqual(4)
})
