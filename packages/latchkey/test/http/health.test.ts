// GET /livez, /readyz and /: process, store, and the description of the listener.
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPublicListener } from '../../src/http/public/public-listener.ts'
import { STARTING } from '../../src/http/public/routes.ts'
import { listen } from '../../src/server/listen.ts'
import { startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, type RawAnswer } from '../raw-http.ts'
import { someCounts } from '../some-counts.ts'
import { aWatchedIntegration, expectNeverStored } from '../watched-integration.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

const get = (target: string, method = 'GET'): Promise<RawAnswer> => ask(server.publicUrl, { method, target })

test.each([
  ['/livez', 'alive'],
  ['/readyz', 'ready'],
])('%s answers %s', async (target, status) => {
  const answer = await get(target)
  expect([answer.status, jsonOf(answer)]).toEqual([200, { status }])
  expectNeverStored(answer)
  expect((await get(target, 'HEAD')).status).toBe(200)
})

test('a hundred simultaneous probes are all answered', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => get('/readyz')))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
})

test.each(['/livez', '/readyz', '/'])('%s accepts only GET and HEAD', async (target) => {
  const integration = await aWatchedIntegration(server)
  const answer = await integration.refused({ method: 'DELETE', target })
  expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, 'GET, HEAD'])
})

test('/ describes the server and the console in two lines', async () => {
  const answer = await get('/')
  expect([answer.status, headerOf(answer, 'content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  const lines = answer.body.trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain(`${server.issuer}/v1/token`)
  expect(lines[1]).toContain(server.adminUrl)
})

test('a starting server answers 503 with Retry-After, never a verdict', async () => {
  const starting = createPublicListener({
    route: () => STARTING,
    logger: pino({ level: 'silent' }),
    isDraining: () => false,
    counts: someCounts(),
  })
  const origin = `http://127.0.0.1:${String(await listen(starting, { host: '127.0.0.1', port: 0, setting: 'LATCHKEY_PORT' }))}`
  for (const target of ['/oauth2/a/v1/token', '/oauth2/a/v1/verify', '/readyz']) {
    const answer = await ask(origin, { target, headers: [['Authorization', 'Bearer a.b.c']] })
    expect([answer.status, jsonOf(answer)['error']]).toEqual([503, 'temporarily_unavailable'])
    expect(headerOf(answer, 'retry-after')).toBe('1')
    expectNeverStored(answer)
  }
  starting.close()
})
