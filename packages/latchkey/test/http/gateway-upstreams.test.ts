// Failing upstreams: what the gateway answers to the client. The gateway never repeats a request.
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/server/listen.ts'
import { aGateway, anUpstream } from '../a-gateway.ts'
import { startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, RawConnection, requestBytes } from '../raw-http.ts'

let server: TestServer
let reader: TestIntegration
let token: string

beforeAll(async () => {
  server = await startTestServer()
  reader = await server.integration({ name: 'Gateway', resourceServer: true })
  token = await server.token(await server.integration())
})

afterAll(() => server.stop())

const bearer = (): readonly [string, string] => ['Authorization', `Bearer ${token}`]

const post = (url: string) => ask(url, { target: '/ai/prediction/x', headers: [bearer()], body: '' })

describe('for an upstream that', () => {
  const file = 'timeouts: { response_seconds: 1, connect_seconds: 1, idle_seconds: 1 }'
  const failing = (url: string) => aGateway({ server, reader, upstream: url, file })

  const aSocket = async (answer: (server: Server) => void): Promise<string> => {
    const socket = createServer()
    onTestFinished(() => void socket.close())
    answer(socket)
    return `http://127.0.0.1:${String(await listen(socket, { host: '127.0.0.1', port: 0, setting: 'none' }))}`
  }

  test('refuses connections the answer is 502', async () => {
    const answer = await post((await failing('http://127.0.0.1:1')).url)
    expect(answer.status).toBe(502)
    expect(jsonOf(answer)).toMatchObject({ code: 'upstream_unreachable', title: 'Bad Gateway' })
  })

  test('closes without an answer the answer is 502', async () => {
    const url = await aSocket((socket) => socket.on('connection', (connection) => connection.end()))
    expect(jsonOf(await post((await failing(url)).url))).toMatchObject({ code: 'upstream_broken', status: 502 })
  })

  test('does not use HTTP the answer is 502', async () => {
    const url = await aSocket((socket) => socket.on('connection', (connection) => connection.end('220 mail\r\n\r\n')))
    expect(jsonOf(await post((await failing(url)).url))).toMatchObject({ code: 'upstream_broken', status: 502 })
  })

  test('does not answer in time the answer is 504', async () => {
    const url = await anUpstream(() => undefined)
    expect(jsonOf(await post((await failing(url)).url))).toMatchObject({ code: 'upstream_late', status: 504 })
  })

  test('breaks off in its answer, the answer to the client breaks off too', async () => {
    const url = await anUpstream((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('half', () => response.destroy())
    })
    await expect(post((await failing(url)).url)).rejects.toThrow(/connection ended/)
  })

  test('stalls in its answer the connection of the client is cut', async () => {
    const url = await anUpstream((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('half')
    })
    await expect(post((await failing(url)).url)).rejects.toThrow(/connection ended/)
  })

  const rawly = (...parts: readonly string[]): Promise<string> =>
    aSocket((socket) =>
      socket.on('connection', (connection) => {
        connection.on('error', () => undefined)
        connection.once('data', () => {
          connection.end(parts.join('\r\n'), 'latin1')
        })
      }),
    )

  test('breaks off after its head the answer is 502', async () => {
    const url = await rawly('HTTP/1.1 200 OK', 'Content-Length: 5', '', '')
    expect(jsonOf(await post((await failing(url)).url))).toMatchObject({ code: 'upstream_broken', status: 502 })
  })

  test.each(['600', '999'])(
    'answers with the status %s, which HTTP does not have, the answer is 502',
    async (status) => {
      const url = await rawly(`HTTP/1.1 ${status} Odd`, 'Content-Length: 2', '', 'ok')
      expect(jsonOf(await post((await failing(url)).url))).toMatchObject({ code: 'upstream_broken', status: 502 })
    },
  )

  test('answers with a header that cannot be passed on the answer is 502', async () => {
    const url = await rawly('HTTP/1.1 200 OK', 'X-Odd: a\x7fb', 'Content-Length: 2', '', 'ok')
    expect(jsonOf(await post((await failing(url)).url))).toMatchObject({ code: 'upstream_broken', status: 502 })
  })

  test('answers 304 with a Content-Length the answer is passed on', async () => {
    const { url } = await failing(await rawly('HTTP/1.1 304 Not Modified', 'Content-Length: 500', 'ETag: "a"', '', ''))
    const answer = await ask(url, { method: 'GET', target: '/ai/usecase', headers: [bearer()] })
    expect([answer.status, headerOf(answer, 'etag')]).toEqual([304, '"a"'])
  })

  test('answers 204 the answer is passed on without content length and type', async () => {
    const { url } = await failing(await rawly('HTTP/1.1 204 No Content', 'Content-Type: a/b', 'X-Kept: yes', '', ''))
    const answer = await post(url)
    expect([answer.status, headerOf(answer, 'x-kept')]).toEqual([204, 'yes'])
    expect([headerOf(answer, 'content-type'), headerOf(answer, 'content-length')]).toEqual([undefined, undefined])
  })

  test('sends interim answers only the final answer is passed on', async () => {
    const hints = [
      'HTTP/1.1 103 Early Hints',
      'Link: </style.css>',
      '',
      'HTTP/1.1 200 OK',
      'Content-Length: 2',
      '',
      'ok',
    ]
    const answer = await post((await failing(await rawly(...hints))).url)
    expect([answer.status, headerOf(answer, 'link'), answer.body]).toEqual([200, undefined, 'ok'])
  })

  test('answers before the end of the request the connection of the client is closed', async () => {
    const { url } = await failing(await rawly('HTTP/1.1 200 OK', 'Content-Length: 2', '', 'ok'))
    const connection = await RawConnection.open(url)
    connection.write(`POST /ai/usecase HTTP/1.1\r\nHost: a\r\n${bearer().join(': ')}\r\nContent-Length: 50\r\n\r\nsome`)
    const answer = await connection.answer()
    expect([answer.status, answer.body, headerOf(answer, 'connection')]).toEqual([200, 'ok', 'close'])
    await connection.closed
  })

  test('answers 503 with Retry-After the answer is passed on, and the request is not repeated', async () => {
    let requested = 0
    const url = await anUpstream((_request, response) => {
      requested += 1
      response.writeHead(503, { 'retry-after': '0', 'content-length': 0 }).end()
    })
    const answer = await ask((await failing(url)).url, { method: 'GET', target: '/ai/usecase', headers: [bearer()] })
    expect({ status: answer.status, requested }).toEqual({ status: 503, requested: 1 })
  })

  test('is still sending when the client disconnects, the request is aborted', async () => {
    let isGone = false
    let isAsked = false
    const url = await anUpstream((_request, response) => {
      isAsked = true
      response.on('close', () => (isGone = true))
    })
    const patient = await aGateway({ server, reader, upstream: url })
    const connection = await RawConnection.open(patient.url)
    connection.write(requestBytes(patient.url, { method: 'GET', target: '/ai/usecase', headers: [bearer()] }))
    await expect.poll(() => isAsked).toBe(true)
    connection.destroy()
    await expect.poll(() => isGone).toBe(true)
    const lines = () => patient.log().filter(({ event }) => event === 'request')
    await expect.poll(lines).toMatchObject([{ cut: true, reason: 'client_gone' }])
  })
})
