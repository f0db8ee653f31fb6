// The interceptor in a real undici dispatcher.
import { Readable } from 'node:stream'
import { Agent, fetch as undiciFetch, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { tokenInterceptor } from '../../src/undici-interceptor.ts'
import { aManager, PREDICT } from '../a-manager.ts'
import { answer, aReferenceServer } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

async function setting() {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const { manager, events } = aManager(server, clock)
  const agent = new Agent()
  const dispatcher = agent.compose(tokenInterceptor(manager))
  onTestFinished(() => agent.close())
  return { clock, server, events, dispatcher }
}

test('every request carries the token, and not the Authorization header of the caller', async () => {
  const { server, dispatcher } = await setting()
  for (const headers of [
    { Authorization: 'Bearer x', a: 'b' },
    ['authorization', 'x', 'a', 'b'],
    new Map([['a', 'b']]),
  ]) {
    const seen: unknown[] = []
    server.meddle = ({ url, headers: sent }) => url === '/api' && (seen.push(sent['a']), false)
    const { statusCode, body } = await request(server.apiUrl, { dispatcher, headers })
    await body.dump()
    expect([statusCode, ...seen]).toEqual([200, 'b'])
  }
  expect(server.counts.issued).toBe(1)
})

test('a superseded token is replaced, and the request is repeated with its body', async () => {
  const { server, dispatcher, events } = await setting()
  await request(server.apiUrl, { dispatcher })
  server.issue(PREDICT)
  const { statusCode } = await request(server.apiUrl, { dispatcher, method: 'POST', body: 'a body' })
  expect(statusCode).toBe(200)
  expect(events).toContain('superseded-by-other')
  server.issue(PREDICT)
  expect((await undiciFetch(server.apiUrl, { dispatcher })).status).toBe(200)
})

test('a second 401 is passed on unchanged', async () => {
  const { server, dispatcher } = await setting()
  server.meddle = ({ url }, response) => url === '/api' && (answer(response, 401, { why: 'not this one' }), true)
  const { statusCode, body } = await request(server.apiUrl, { dispatcher })
  expect([statusCode, await body.json()]).toEqual([401, { why: 'not this one' }])
})

test('a 401 with a body that is too long to be buffered renews the token', async () => {
  const { server, dispatcher } = await setting()
  await request(server.apiUrl, { dispatcher })
  server.issue(PREDICT)
  server.meddle = ({ url }, response) =>
    url === '/api' && (answer(response, 401, { why: 'x'.repeat(100_000) }), (server.meddle = () => false), true)
  const { statusCode, body } = await request(server.apiUrl, { dispatcher })
  expect([statusCode, (await body.text()).length > 100_000]).toEqual([401, true])
  expect((await request(server.apiUrl, { dispatcher, method: 'POST', body: Readable.from(['once']) })).statusCode).toBe(
    200,
  )
})

test('a stream is not sent twice: the 401 is returned to the caller', async () => {
  const { server, dispatcher } = await setting()
  await request(server.apiUrl, { dispatcher })
  server.issue(PREDICT)
  const body = Readable.from(['once'])
  expect((await request(server.apiUrl, { dispatcher, method: 'POST', body })).statusCode).toBe(401)
  expect((await request(server.apiUrl, { dispatcher })).statusCode).toBe(200)
})

test('without a token no request is sent', async () => {
  const { server, dispatcher } = await setting()
  const seen: (string | undefined)[] = []
  server.meddle = ({ url }, response) => (seen.push(url), answer(response, 401, { error: 'invalid_client' }), true)
  await expect(request(server.apiUrl, { dispatcher })).rejects.toMatchObject({ code: 'INVALID_CLIENT' })
  expect(seen).not.toContain('/api')
})
