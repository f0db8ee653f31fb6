// Which headers, methods, bodies and answers the gateway passes on, and which it drops.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aGateway,
  echo,
  type Seen,
  startTestGateway,
  startUpstream,
  type TestGateway,
  type TestUpstream,
} from '../a-gateway.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, type RawAnswer } from '../raw-http.ts'

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
  upstream = await startUpstream((request, response) => {
    if (request.url === '/ai/usecase/answer') {
      response.writeHead(418, [
        ['X-Latchkey-Client-Id', 'nobody'],
        ['Latchkey-Reason', 'superseded'],
        ['X-Request-Id', 'theirs'],
        ['Connection', 'close, X-Private'],
        ['X-Private', 'hop'],
        ['Keep-Alive', 'timeout=1'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['X-Kept', 'yes'],
        ['Content-Type', 'application/json'],
      ])
      response.end('short and stout')
    } else echo(request, response)
  })
  gateway = await startTestGateway({ server, reader, upstream: upstream.url })
  token = await server.token(client)
})

afterAll(async () => {
  await gateway.stop()
  upstream.stop()
  await server.stop()
})

type Headers = readonly (readonly [string, string])[]

const bearer = (text: string): readonly [string, string] => ['Authorization', `Bearer ${text}`]

const through = (
  target: string,
  { method = 'GET', headers = [], body }: { method?: string; headers?: Headers; body?: string } = {},
): Promise<RawAnswer> =>
  ask(gateway.url, { method, target, headers: [bearer(token), ...headers], ...(body !== undefined && { body }) })

const seenBy = async (answer: Promise<RawAnswer>): Promise<Seen> => {
  const { status, body } = await answer
  expect(status).toBe(200)
  return JSON.parse(body) as Seen
}

describe('identity', () => {
  test('the upstream gets client, scope and jti, but not the token', async () => {
    const { headers } = await seenBy(through('/ai/usecase'))
    expect(headers).toMatchObject({ 'x-latchkey-client-id': client.clientId, 'x-latchkey-scope': PREDICT })
    expect(headers['x-latchkey-jti']).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers['authorization']).toBeUndefined()
  })

  test('the token is passed on if the configuration says so', async () => {
    const forwarding = await aGateway({ server, reader, upstream: upstream.url, file: 'authorization: forwarded' })
    const answer = ask(forwarding.url, { method: 'GET', target: '/ai/usecase', headers: [bearer(token)] })
    expect((await seenBy(answer)).headers['authorization']).toBe(`Bearer ${token}`)
  })

  test.each([
    'X-Latchkey-Client-Id',
    'x-latchkey-client-id',
    'X-LATCHKEY-CLIENT-ID',
    'X_Latchkey_Client_Id',
    'X-Latchkey_Client-Id',
    'x.latchkey.client.id',
    'X-Latchkey-Client-Id-',
    'X-Latchkey-Scope',
    'X_LATCHKEY_SCOPE',
    'X-Latchkey-Jti',
    'X-Latchkey-Admin',
    'Latchkey-Reason',
  ])('%s of a client is not passed on', async (name) => {
    const { headers, rawNames } = await seenBy(through('/ai/usecase', { headers: [[name, 'spoofed']] }))
    expect(JSON.stringify(headers)).not.toContain('spoofed')
    const ours = rawNames.filter((given) =>
      given
        .toLowerCase()
        .replace(/[^a-z]/g, '')
        .includes('latchkey'),
    )
    expect(ours).toEqual(['x-latchkey-client-id', 'x-latchkey-scope', 'x-latchkey-jti'])
  })

  test('a Connection header of the client cannot remove the identity headers', async () => {
    const { headers } = await seenBy(
      through('/ai/usecase', { headers: [['Connection', 'X-Latchkey-Client-Id, X-Latchkey-Scope, Authorization']] }),
    )
    expect(headers['x-latchkey-client-id']).toBe(client.clientId)
    expect(headers['x-latchkey-scope']).toBe(PREDICT)
  })
})

describe('headers', () => {
  test('hop-by-hop headers are not passed on', async () => {
    const hop: Headers = [
      ['Connection', 'keep-alive, X-Mine'],
      ['X-Mine', 'hop'],
      ['Keep-Alive', 'timeout=5'],
      ['Proxy-Authorization', 'Basic hop'],
      ['Proxy-Connection', 'hop'],
      ['TE', 'trailers'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'hop'],
      ['Trailer', 'hop'],
      ['X-Kept', 'yes'],
    ]
    const { headers } = await seenBy(through('/ai/usecase', { headers: hop }))
    expect(headers['x-kept']).toBe('yes')
    const names = [
      'x-mine',
      'keep-alive',
      'proxy-authorization',
      'proxy-connection',
      'te',
      'upgrade',
      'trailer',
      'http2-settings',
    ]
    for (const name of names) expect({ [name]: headers[name] }).toEqual({ [name]: undefined })
  })

  test('only the gateway sets the headers that say where a request came from', async () => {
    const spoofed: Headers = [
      ['X-Forwarded-For', '203.0.113.9'],
      ['X-Forwarded-Proto', 'https'],
      ['X_Forwarded_For', '203.0.113.9'],
      ['Forwarded', 'for=203.0.113.9'],
      ['X-Real-IP', '203.0.113.9'],
      ['X-Original-URL', '/customers/acme/ai/models'],
      ['X-Rewrite-URL', '/customers/acme/ai/models'],
      ['X-Original-Host', '203.0.113.9'],
      ['X-Forwarded-Prefix', '/203.0.113.9'],
      ['X-Forwarded-User', '203.0.113.9'],
      ['X-Forwarded', '203.0.113.9'],
      ['Forwarded-For', '203.0.113.9'],
      ['CF-Connecting-IP', '203.0.113.9'],
      ['X-Cluster-Client-IP', '203.0.113.9'],
    ]
    const { headers } = await seenBy(through('/ai/usecase', { headers: spoofed }))
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(gateway.url).host,
      host: new URL(upstream.url).host,
    })
    expect(JSON.stringify(headers)).not.toMatch(/203\.0\.113|original|rewrite|real-ip/)
  })

  test('the headers of a chain of trusted proxies are used', async () => {
    const file = 'listen: { port: 0, trusted_proxies: [127.0.0.1, 10.0.0.0/8] }'
    const behind = await aGateway({ server, reader, upstream: upstream.url, file })
    const headers: Headers = [
      bearer(token),
      ['X-Forwarded-For', '203.0.113.1, 198.51.100.7, 10.0.0.5'],
      ['X-Forwarded-Proto', 'https'],
    ]
    const seen = await seenBy(ask(behind.url, { method: 'GET', target: '/ai/usecase', headers }))
    expect(seen.headers).toMatchObject({
      'x-forwarded-for': '198.51.100.7, 10.0.0.5, 127.0.0.1',
      'x-forwarded-proto': 'https',
    })
  })

  test('a header with an ambiguous name is not passed on', async () => {
    const odd: Headers = [
      ['Content_Length', '5'],
      ['Transfer_Encoding', 'chunked'],
      ['X.Y', 'odd'],
    ]
    const { rawNames } = await seenBy(through('/ai/usecase', { headers: odd }))
    expect(rawNames.join()).not.toMatch(/[_.]/)
  })

  test('the answer of the upstream is passed back without hop-by-hop and Latchkey headers', async () => {
    const answer = await ask(gateway.url, {
      method: 'HEAD',
      target: '/ai/usecase/answer',
      headers: [bearer(token)],
    })
    expect(answer.status).toBe(418)
    expect(headerOf(answer, 'content-type')).toBe('application/json')
    expect(headerOf(answer, 'x-kept')).toBe('yes')
    expect(answer.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual(['a=1', 'b=2'])
    for (const name of ['x-latchkey-client-id', 'latchkey-reason', 'x-private']) {
      expect({ [name]: headerOf(answer, name) }).toEqual({ [name]: undefined })
    }
    expect(headerOf(answer, 'x-request-id')).toMatch(/^req_/)
  })

  test('the request id of the client is passed to the upstream and back', async () => {
    const answer = await through('/ai/usecase', { headers: [['X-Request-Id', 'order-17.a']] })
    expect(headerOf(answer, 'x-request-id')).toBe('order-17.a')
    expect((JSON.parse(answer.body) as Seen).headers['x-request-id']).toBe('order-17.a')
  })

  test('an unsafe request id is replaced', async () => {
    const answer = await through('/ai/usecase', { headers: [['X-Request-Id', 'a b"; drop']] })
    expect(headerOf(answer, 'x-request-id')).toMatch(/^req_/)
  })
})

describe('methods and bodies', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'a %s request is passed on with its body',
    async (method) => {
      const seen = await seenBy(through('/ai/usecase?a=%2F&b', { method, body: '{"a": 1}' }))
      expect(seen).toMatchObject({ method, url: '/ai/usecase?a=%2F&b', body: '{"a": 1}' })
    },
  )

  test.each(['GET'])('a %s request is passed on without a body, even if the client sends one', async (method) => {
    const headers: Headers = [['Content-Type', 'application/json']]
    const seen = await seenBy(through('/ai/usecase', { method, headers, body: '{}' }))
    expect(seen).toMatchObject({ method, body: '' })
    expect(seen.headers['content-length']).toBeUndefined()
    expect(seen.headers['transfer-encoding']).toBeUndefined()
  })

  test('HEAD is answered with the headers of the upstream and no body', async () => {
    const answer = await through('/ai/usecase', { method: 'HEAD' })
    expect(answer).toMatchObject({ status: 200, body: '' })
    expect(Number(headerOf(answer, 'content-length'))).toBeGreaterThan(100)
  })

  test('TRACE is refused, because its answer would show the gateway’s headers', async () => {
    const answer = await through('/ai/usecase', { method: 'TRACE' })
    expect(answer.status).toBe(405)
    expect(jsonOf(answer)).toMatchObject({ code: 'method_not_allowed', status: 405 })
  })

  test('a QUERY with a body is passed on, and an invalid Content-Type is refused', async () => {
    const query = await ask(gateway.url, { method: 'QUERY', target: '/ai/usecase', body: 'a' })
    expect([query.status, jsonOf(query)['code']]).toEqual([405, 'method_not_allowed'])
    const elsewhere = await ask(gateway.url, { method: 'QUERY', target: '/elsewhere', body: 'a' })
    expect(elsewhere.status).toBe(404)
    const post = await through('/ai/usecase', { method: 'POST', headers: [['Content-Type', 'json']], body: '{}' })
    expect([post.status, jsonOf(post)['code']]).toEqual([400, 'invalid_request'])
  })

  test('an Upgrade header is ignored', async () => {
    const headers: Headers = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['Sec-WebSocket-Version', '13'],
    ]
    const seen = await seenBy(through('/ai/usecase', { headers }))
    expect(seen.headers['upgrade']).toBeUndefined()
    expect(seen.headers['connection']).not.toMatch(/upgrade/i)
  })

  test('a chunked body arrives completely', async () => {
    const answer = await ask(
      gateway.url,
      { method: 'POST', target: '/ai/usecase', headers: [bearer(token), ['Transfer-Encoding', 'chunked']] },
      (connection) => {
        connection.write('5\r\nhello\r\n')
        connection.write('6\r\n world\r\n0\r\n\r\n')
      },
    )
    expect((JSON.parse(answer.body) as Seen).body).toBe('hello world')
  })
})
