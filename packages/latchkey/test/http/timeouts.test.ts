// The server closes slow and idle connections. Other connections are not affected.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPublicListener } from '../../src/http/public/public-listener.ts'
import { STARTING } from '../../src/http/public/routes.ts'
import { listen } from '../../src/server/listen.ts'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { headersOf, jsonOf, RawConnection, under } from '../raw-http.ts'
import { someCounts } from '../some-counts.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer({ timeouts: SHORT })
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const SHORT = { headers: 150, request: 300, keepAlive: 50, write: 200 }

const head = (): string =>
  `POST ${under(server.issuer, '/v1/token')} HTTP/1.1\r\nHost: a\r\nAuthorization: ${integration.basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n`

// All tests wait for real timeouts of the server, so they run concurrently.
describe.concurrent('the answer is 408 invalid_request, and the connection is closed, for a client', () => {
  test.each<[string, () => string]>([
    ['that says nothing', () => ''],
    ['that stops in the request line', () => 'POST /oau'],
    ['that stops in the headers', () => head()],
    ['that stops in its body', () => `${head()}Content-Length: 100\r\n\r\nscope=${PREDICT}`],
    ['that stops between two chunks', () => `${head()}Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n`],
  ])('%s', async (_what, bytes) => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(bytes())
    const answer = await integration.wasRefused(await connection.answer())
    expect([answer.status, jsonOf(answer)['error']]).toEqual([408, 'invalid_request'])
    expect(headersOf(answer, 'connection')).toEqual(['close'])
    await connection.closed
  })

  test('that sends single bytes with pauses', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(`${head()}Content-Length: 1000\r\n\r\n`)
    const drip = setInterval(() => {
      connection.write('a')
    }, 20)
    const answer = await integration.wasRefused(await connection.answer())
    clearInterval(drip)
    expect(answer.status).toBe(408)
    await connection.closed
  })
})

describe.concurrent('the server closes', () => {
  test('a connection that stays idle after its answer', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await connection.answer()).status).toBe(200)
    await connection.closed
  })

  test('a connection that its client keeps open after a 400', async () => {
    const listener = createPublicListener({
      route: () => STARTING,
      logger: pino({ level: 'silent' }),
      isDraining: () => false,
      counts: someCounts(),
      timeouts: SHORT,
    })
    const port = await listen(listener, { host: '127.0.0.1', port: 0, setting: 'LATCHKEY_PORT' })
    const accepted = once(listener, 'connection') as Promise<[Socket]>
    const connection = await RawConnection.openHalf(`http://127.0.0.1:${String(port)}`)
    const [socket] = await accepted
    const closed = once(socket, 'close')
    connection.write('garbage\r\n\r\n')
    expect((await connection.answer()).status).toBe(400)
    await closed
    connection.destroy()
    listener.close()
  })
})

test('fifty slow clients do not slow down the others', async () => {
  const slow = await Promise.all(Array.from({ length: 50 }, () => RawConnection.open(server.publicUrl)))
  for (const connection of slow) connection.write(`${head()}Content-Length: 100\r\n\r\nscope=`)
  const own = await server.integration()
  for (let i = 0; i < 20; i++) {
    const token = await server.token(own)
    expect(await server.verify(token, PREDICT)).toEqual({ status: 200, reason: null })
  }
  const answers = await Promise.all(slow.map((connection) => connection.answer()))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([408]))
})
