// What operators see of a gateway: its access log, its health, its metrics and how it stops.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aGateway,
  anUpstream,
  echo,
  type Seen,
  startTestGateway,
  startUpstream,
  type TestGateway,
  type TestUpstream,
} from '../a-gateway.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { ask, RawConnection } from '../raw-http.ts'

let server: TestServer
let client: TestIntegration
let reader: TestIntegration
let upstream: TestUpstream
let gateway: TestGateway
let token: string

beforeAll(async () => {
  server = await startTestServer()
  client = await server.integration()
  reader = await server.integration({ name: 'Gateway', resourceServer: true })
  upstream = await startUpstream(echo)
  gateway = await startTestGateway({ server, reader, upstream: upstream.url })
  token = await server.token(client)
})

afterAll(async () => {
  await gateway.stop()
  upstream.stop()
  await server.stop()
})

/** The log lines of one request. */
const linesOf = async (id: string) => {
  const find = () => gateway.log().filter((line) => line['request_id'] === id)
  await expect.poll(find).not.toEqual([])
  return find()
}

describe('the access log', () => {
  test('has one line for each request, with its caller and its outcome', async () => {
    const headers = [
      ['Authorization', `Bearer ${token}`],
      ['X-Request-Id', 'seen-1'],
    ] as const
    await ask(gateway.url, { target: '/ai/prediction/passthrough/sandbox-1', headers, body: '{}' })
    const [line, ...others] = await linesOf('seen-1')
    expect(others).toEqual([])
    expect(line).toMatchObject({
      level: 'info',
      event: 'request',
      api: 'Prediction API',
      'http.request.method': 'POST',
      'http.route': '/ai/prediction/**',
      'url.path': '/ai/prediction/passthrough/sandbox-1',
      'http.response.status_code': 200,
      'client.address': '127.0.0.1',
      client_id: client.clientId,
      scope: PREDICT,
    })
    expect(line?.['duration_ms']).toBeGreaterThan(0)
  })

  test('has the reason of a refusal', async () => {
    const headers = [
      ['Authorization', 'Bearer x'],
      ['X-Request-Id', 'seen-2'],
    ] as const
    await ask(gateway.url, { target: '/ai/usecase', headers })
    expect(await linesOf('seen-2')).toMatchObject([{ 'http.response.status_code': 401, reason: 'malformed' }])
  })

  test('has no token, body, header, query value, or path without an API', async () => {
    const planted = 'planted-4f9a'
    const headers = [
      ['Authorization', `Bearer ${token}`],
      ['Cookie', planted],
      ['X-Api-Key', planted],
      ['User-Agent', planted],
      ['X-Request-Id', 'seen-3'],
    ] as const
    await ask(gateway.url, { target: `/ai/usecase?key=${planted}&other`, headers, body: planted })
    await ask(gateway.url, { target: `/${planted}?key=${planted}`, headers, body: planted })
    await ask(gateway.url, { target: '/ai/usecase', headers: [['Authorization', `Bearer ${planted}`]] })
    await linesOf('seen-3')
    const text = JSON.stringify(gateway.log())
    expect(text).toContain('"url.query.names":["key","other"]')
    expect(text).not.toContain(planted)
    expect(text).not.toContain(token.split('.')[2])
  })

  test('omits parameter names that may be a token, contain control characters, or are very long', async () => {
    const names = [token, `access_token%3D${token}`, '%1B%5B31m', '%E2%80%AEnoitacifirev', 'n'.repeat(3000), 'page']
    for (const [index, name] of names.entries()) {
      const headers = [['X-Request-Id', `named-${String(index)}`]] as const
      await ask(gateway.url, { target: `/ai/usecase?${name}`, headers })
      expect(await linesOf(`named-${String(index)}`)).toMatchObject([
        { 'url.query.names': [name === 'page' ? 'page' : '[other]'] },
      ])
    }
    expect(JSON.stringify(gateway.log())).not.toContain(token.split('.')[2])
  })

  test('has no path segment that may be a token or a secret, and only the start of a long path', async () => {
    const secret = client.clientSecret.reveal()
    const rest = `/${secret}/${token}/page/${'deep/'.repeat(1000)}`
    const headers = [['X-Request-Id', 'long-path']] as const
    await ask(gateway.url, { target: `/ai/prediction/sandbox-1${rest}`, headers })
    const [line] = await linesOf('long-path')
    expect(line?.['url.path']).toMatch(/^\/ai\/prediction\/sandbox-1\/\[other\]\/\[other\]\/page\/deep\//)
    expect(String(line?.['url.path']).length).toBeLessThan(300)
  })

  test('has only valid addresses as client address, whatever a trusted proxy sends', async () => {
    const file = 'listen: { port: 0, trusted_proxies: [127.0.0.1] }'
    const trusting = await aGateway({ server, reader, upstream: upstream.url, file })
    for (const [forged, address] of [
      ['\u009b31m', '127.0.0.1'],
      ['192.0.2.7, \u009b31m', '127.0.0.1'],
      ['\u009b31m, 192.0.2.7', '192.0.2.7'],
    ] as const) {
      const headers = [
        ['X-Forwarded-For', forged],
        ['Authorization', `Bearer ${token}`],
      ] as const
      const answer = await ask(trusting.url, { target: '/ai/usecase', headers })
      const { 'x-forwarded-for': passedOn } = (JSON.parse(answer.body) as Seen).headers
      expect(passedOn).toBe(address === '127.0.0.1' ? address : `${address}, 127.0.0.1`)
      await expect.poll(() => trusting.log().at(-1)?.['client.address']).toBe(address)
    }
  })
})

test('metrics count requests by route, decisions by reason and failures by API, and do not name callers', async () => {
  const broken = await aGateway({ server, reader, upstream: 'http://127.0.0.1:1' })
  const get = (target: string, text: string) =>
    ask(broken.url, { method: 'GET', target, headers: [['Authorization', `Bearer ${text}`]] })
  await get('/ai/usecase', token)
  await get('/ai/usecase', 'x')
  await get('/nowhere', token)
  const text = await (await fetch(`${broken.statusUrl}/metrics`)).text()
  const count = (labels: string) => `http_server_request_duration_seconds_count{${labels}} 1`
  const labels = (route: string, status: number) =>
    `http_request_method="GET",http_route="${route}",http_response_status_code="${String(status)}"`
  for (const line of [
    count(labels('/ai/usecase/**', 502)),
    count(labels('/ai/usecase/**', 401)),
    count(labels('none', 404)),
    'latchkey_auth_decisions_total{result="accepted",reason=""} 1',
    'latchkey_auth_decisions_total{result="refused",reason="malformed"} 1',
    'latchkey_upstream_failures_total{api="Use Case API",code="ECONNREFUSED"} 1',
    'latchkey_guard_ready 1',
    'latchkey_guard_slots ',
    'latchkey_guard_feed_age_seconds 0',
    'http_server_active_requests 0',
  ]) {
    expect(text).toContain(line)
  }
  expect(text).not.toContain(client.clientId)
})

describe('the status listener', () => {
  test.each([
    ['/livez', 200],
    ['/readyz', 200],
    ['/metrics', 200],
    ['/', 404],
    ['/ai/usecase', 404],
  ])('answers %s with %i', async (path, status) => {
    expect((await fetch(gateway.statusUrl + path)).status).toBe(status)
  })

  test('refuses every method but GET and HEAD', async () => {
    expect((await fetch(`${gateway.statusUrl}/livez`, { method: 'POST' })).status).toBe(405)
  })
})

test('a stopping gateway finishes open answers, announces that it closes their connections, and accepts no new requests', async () => {
  let finish: () => void = () => undefined
  const slow = await anUpstream((_request, response) => {
    response.setHeader('content-length', 4)
    finish = () => response.end('done')
    response.flushHeaders()
  })
  const stopping = await startTestGateway({ server, reader, upstream: slow })
  const connection = await RawConnection.open(stopping.url)
  connection.write(`GET /ai/usecase HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
  const before = finish
  await expect.poll(() => finish !== before).toBe(true)
  const stopped = stopping.stop()
  const isTaken = () =>
    RawConnection.open(stopping.url).then(
      (another) => (another.destroy(), true),
      () => false,
    )
  await expect.poll(isTaken).toBe(false)
  finish()
  expect((await connection.answer('GET')).body).toBe('done')
  await connection.closed
  await stopped
})

test('a stopping gateway waits for open answers at most for the configured time', async () => {
  const never = await anUpstream((_request, response) => void response.flushHeaders())
  const file = 'timeouts: { stop_seconds: 1 }'
  const stopping = await startTestGateway({ server, reader, upstream: never, file })
  const answer = await fetch(`${stopping.url}/ai/usecase`, { headers: { authorization: `Bearer ${token}` } })
  await stopping.stop()
  await expect(answer.text()).rejects.toThrow(/terminated/)
})

test('if the authorization server is unreachable, a request with an unchecked token gets 503, never 401', async () => {
  const short = await startTestServer()
  const its = await short.integration({ name: 'Gateway', resourceServer: true })
  const good = await short.token(await short.integration())
  const alone = await aGateway({
    server: short,
    reader: its,
    upstream: upstream.url,
    file: 'liveness: { mode: introspect }',
  })
  await short.stop()
  const answer = await ask(alone.url, {
    method: 'GET',
    target: '/ai/usecase',
    headers: [['Authorization', `Bearer ${good}`]],
  })
  expect(answer.status).toBe(503)
  expect(answer.headers).toContainEqual(['retry-after', '1'])
})
