// The gateway passes the Host header on as X-Forwarded-Host, if the header is a valid host.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { echo, type Seen, startTestGateway, startUpstream, type TestGateway, type TestUpstream } from '../a-gateway.ts'
import { startTestServer, type TestServer } from '../a-server.ts'
import { jsonOf, type RawAnswer, RawConnection } from '../raw-http.ts'

let server: TestServer
let upstream: TestUpstream
let gateway: TestGateway
let token: string
let reached = 0

beforeAll(async () => {
  server = await startTestServer()
  const reader = await server.integration({ name: 'Gateway', resourceServer: true })
  upstream = await startUpstream((request, response) => {
    reached += 1
    echo(request, response)
  })
  const file = 'listen: { port: 0, trusted_proxies: [127.0.0.1] }'
  gateway = await startTestGateway({ server, reader, upstream: upstream.url, file })
  token = await server.token(reader)
})
afterAll(async () => {
  await gateway.stop()
  upstream.stop()
  await server.stop()
})

async function asking(...lines: readonly string[]): Promise<RawAnswer> {
  const connection = await RawConnection.open(gateway.url)
  const head = ['GET /ai/usecase HTTP/1.1', `Authorization: Bearer ${token}`, 'Connection: close', ...lines]
  connection.write(`${head.join('\r\n')}\r\n\r\n`)
  const answer = await connection.answer('GET')
  connection.destroy()
  return answer
}

const headersSeen = async (...lines: readonly string[]): Promise<Seen['headers']> =>
  (jsonOf(await asking(...lines)) as unknown as Seen).headers

test.each([
  'a b',
  'a, b',
  'evil.example/x',
  'user@evil.example',
  'evil.example:x',
  '[::1',
  'evil"example',
  'b\u00fccher',
])('a request for the host %s is refused and not passed on', async (host) => {
  const before = reached
  const answer = await asking(`Host: ${host}`)
  expect([answer.status, jsonOf(answer)['detail']]).toEqual([400, 'The Host header is missing or malformed.'])
  expect(reached).toBe(before)
})

test.each(['api.example.com', 'API.example.com:8443', '[2001:db8::1]:443', 'my_service:80'])(
  'the host %s is passed on unchanged',
  async (host) => {
    expect(await headersSeen(`Host: ${host}`)).toMatchObject({ 'x-forwarded-host': host })
  },
)

describe('behind a trusted proxy', () => {
  test.each(['a b', 'evil.example/x', 'good.example, evil"example', ''])(
    'X-Forwarded-Host: %s is ignored in favor of the Host header',
    async (forwarded) => {
      const headers = await headersSeen('Host: api.example.com', `X-Forwarded-Host: ${forwarded}`)
      expect(headers['x-forwarded-host']).toBe('api.example.com')
    },
  )

  test('X-Forwarded-Host with a valid host is used', async () => {
    const headers = await headersSeen('Host: api.example.com', 'X-Forwarded-Host: www.example.com:8443')
    expect(headers['x-forwarded-host']).toBe('www.example.com:8443')
  })

  test.each(['ftp', 'https://x', 'a b', 'HTTPS, gopher'])(
    'X-Forwarded-Proto: %s is ignored in favor of the connection',
    async (forwarded) => {
      const headers = await headersSeen('Host: api.example.com', `X-Forwarded-Proto: ${forwarded}`)
      expect(headers['x-forwarded-proto']).toBe('http')
    },
  )
})
