// The limits of the gateway: sizes, timeouts, numbers of requests, and ambiguous requests.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  aGateway,
  anUpstream,
  bodyOf,
  echo,
  type Seen,
  startTestGateway,
  startUpstream,
  type TestGateway,
  type TestUpstream,
} from '../a-gateway.ts'
import { startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, RawConnection } from '../raw-http.ts'

const LIMITS = `
limits: { body_bytes: 100000, header_bytes: 4096, requests: 3 }
timeouts: { headers_seconds: 1, request_seconds: 2, response_seconds: 1, connect_seconds: 1, idle_seconds: 1 }`

let server: TestServer
let client: TestIntegration
let reader: TestIntegration
let upstream: TestUpstream
let gateway: TestGateway
let token: string
let reached = 0

beforeAll(async () => {
  server = await startTestServer()
  client = await server.integration()
  reader = await server.integration({ name: 'Gateway', resourceServer: true })
  upstream = await startUpstream((request, response) => {
    reached += 1
    echo(request, response)
  })
  gateway = await startTestGateway({ server, reader, upstream: upstream.url, file: LIMITS })
  token = await server.token(client)
})

afterAll(async () => {
  await gateway.stop()
  upstream.stop()
  await server.stop()
})

const bearer = (): readonly [string, string] => ['Authorization', `Bearer ${token}`]

const post = (url: string, body: string, target = '/ai/prediction/passthrough/sandbox-1') =>
  ask(url, { target, headers: [bearer()], body })

describe('a body', () => {
  test('of the largest size is passed on', async () => {
    const answer = await post(gateway.url, 'a'.repeat(100_000))
    expect((JSON.parse(answer.body) as Seen).body).toHaveLength(100_000)
  })

  test('with a larger declared length gets 413 before it is read, and the connection is closed', async () => {
    const connection = await RawConnection.open(gateway.url)
    const head = `POST /ai/usecase HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100001\r\n\r\n`
    connection.write(head)
    const answer = await connection.answer()
    expect(answer.status).toBe(413)
    expect(jsonOf(answer)).toMatchObject({ code: 'body_too_large', status: 413 })
    expect(headerOf(answer, 'connection')).toBe('close')
    await connection.closed
  })

  test('in chunks that is too large gets 413, and the upstream does not get the end of the body', async () => {
    let end = 'none'
    const url = await anUpstream((request, response) => {
      bodyOf(request).then(
        () => (end = 'whole'),
        () => (end = 'cut'),
      )
      response.on('error', () => undefined)
    })
    const strict = await aGateway({ server, reader, upstream: url, file: LIMITS })
    const connection = await RawConnection.open(strict.url)
    connection.write(
      `POST /ai/usecase HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    for (let sent = 0; sent <= 100_000; sent += 10_000) connection.write(`2710\r\n${'a'.repeat(10_000)}\r\n`)
    connection.write('0\r\n\r\n')
    const answer = await connection.answer()
    expect(answer.status).toBe(413)
    await expect.poll(() => end).toBe('cut')
    connection.destroy()
  })

  test('whose client waits for 100 Continue is requested only if the token is accepted', async () => {
    const expecting = (text: string) =>
      `POST /ai/usecase HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${text}\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`
    const good = await RawConnection.open(gateway.url)
    good.write(expecting(token))
    expect((await good.answer()).status).toBe(100)
    good.write('hello')
    const answer = await good.answer()
    expect(JSON.parse(answer.body)).toMatchObject({ body: 'hello' })
    const bad = await RawConnection.open(gateway.url)
    bad.write(expecting('x'))
    expect((await bad.answer()).status).toBe(401)
    await bad.closed
  })
})

describe('invalid HTTP/1.1 (RFC 9112) is 400 and does not reach an upstream:', () => {
  const smuggled = 'GET /customers/acme/ai/models HTTP/1.1\r\nHost: a\r\n\r\n'
  test.each([
    ['length and chunks together', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['two lengths', ['Content-Length: 0', `Content-Length: ${String(smuggled.length)}`], smuggled],
    ['two lengths in one', [`Content-Length: 0, ${String(smuggled.length)}`], smuggled],
    ['a length with a sign', ['Content-Length: +5'], 'hello'],
    ['a length in hexadecimal', ['Content-Length: 0x5'], 'hello'],
    ['a negative length', ['Content-Length: -5'], 'hello'],
    ['chunked, spelt otherwise', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`],
    ['chunked, and another coding after it', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${smuggled}`],
    ['two codings in two headers', ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a space before the colon', ['Transfer-Encoding : chunked'], `0\r\n\r\n${smuggled}`],
    ['a folded header', ['X-A: b', ' Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['a line that ends in LF alone', ['X-A: b\nTransfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['a carriage return in a value', ['X-A: b\rTransfer-Encoding: chunked'], ''],
    ['a NUL in a value', ['X-A: b\0c'], ''],
    ['a chunk size that is no number', ['Transfer-Encoding: chunked'], 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size with a sign', ['Transfer-Encoding: chunked'], '+5\r\nhello\r\n0\r\n\r\n'],
    ['two hosts', ['Host: another'], ''],
  ])('%s', async (_what, headers, body) => {
    const before = reached
    const connection = await RawConnection.open(gateway.url)
    const lines = ['POST /ai/usecase HTTP/1.1', 'Host: a', `Authorization: Bearer ${token}`, ...headers]
    connection.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
    const answer = await connection.answer()
    expect(answer.status).toBe(400)
    connection.destroy()
    // A smuggled request would reach the upstream before this next request is answered.
    await post(gateway.url, 'next')
    expect(reached).toBe(before + 1)
  })

  test('chunks in HTTP/1.0', async () => {
    const before = reached
    const connection = await RawConnection.open(gateway.url)
    const lines = ['POST /ai/usecase HTTP/1.0', 'Host: a', `Authorization: Bearer ${token}`, 'Connection: keep-alive']
    connection.write(`${lines.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n0\r\n\r\n`)
    expect((await connection.answer()).status).toBe(400)
    await connection.closed
    expect(reached).toBe(before)
  })

  test('a chunk that is longer than its declared length', async () => {
    let end = 'not begun'
    const url = await anUpstream((request) => {
      end = 'open'
      bodyOf(request).then(
        () => (end = 'whole'),
        () => (end = 'cut'),
      )
    })
    const before = await aGateway({ server, reader, upstream: url })
    const connection = await RawConnection.open(before.url)
    const head = `POST /ai/usecase HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n`
    connection.write(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`)
    await expect.poll(() => end).toBe('open')
    connection.write('2\r\nhello\r\n0\r\n\r\n')
    expect((await connection.answer()).status).toBe(400)
    await expect.poll(() => end).toBe('cut')
    connection.destroy()
  })

  test('invalid bytes after a valid request, which is answered first', async () => {
    const connection = await RawConnection.open(gateway.url)
    connection.write(
      `GET /ai/usecase?first HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\nGET nonsense\r\n\r\n`,
    )
    expect(jsonOf(await connection.answer())).toMatchObject({ url: '/ai/usecase?first' })
    await connection.closed
  })

  test('CONNECT, which ends the connection', async () => {
    const connection = await RawConnection.open(gateway.url)
    connection.write('CONNECT upstream:80 HTTP/1.1\r\nHost: a\r\n\r\n')
    await connection.closed
  })

  test('HTTP/2 without TLS', async () => {
    const connection = await RawConnection.open(gateway.url)
    connection.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    expect((await connection.answer()).status).toBe(400)
  })
})

describe('path tricks on the wire', () => {
  test.each([
    '/ai/usecase/../../customers/acme/ai/models',
    '/ai/usecase/%2e%2e/%2e%2e/customers/acme/ai/models',
    '/ai/usecase/..%2f..%2fcustomers/acme/ai/models',
    '/ai/usecase/..%5c..%5ccustomers',
    '/ai/usecase/..;/..;/customers/acme/ai/models',
    '/ai/usecase\\..\\..\\customers',
    '//ai/usecase',
    '/ai//usecase',
    '/AI/USECASE',
    '/ai/usecase;jsessionid=1',
    '/ai/usecase%00',
    '/ai/usecase/%c0%ae%c0%ae/x',
    '/ai/usecase#/x',
    'http://a/ai/usecase/../../customers/acme/ai/models',
    '*',
  ])('%s reaches no upstream', async (target) => {
    const before = reached
    const answer = await ask(gateway.url, { method: 'GET', target, headers: [bearer()] })
    expect([400, 404]).toContain(answer.status)
    expect(reached).toBe(before)
  })
})

describe('a client that is slow', () => {
  test('with its headers gets 408 and is cut off', async () => {
    const connection = await RawConnection.open(gateway.url)
    connection.write('GET /ai/usecase HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    const answer = await connection.answer()
    expect(answer.status).toBe(408)
    expect(jsonOf(answer)).toMatchObject({ code: 'request_timeout' })
    await connection.closed
  })

  test('with its body is cut off, and the gateway aborts the request to the upstream', async () => {
    const connection = await RawConnection.open(gateway.url)
    const before = gateway.log().length
    connection.write(
      `POST /ai/usecase HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: 50\r\n\r\nslow`,
    )
    await connection.closed
    await expect.poll(() => gateway.log().slice(before)).toContainEqual(expect.objectContaining({ event: 'request' }))
  })

  test('gets 431 if its headers are too large', async () => {
    const answer = await ask(gateway.url, {
      method: 'GET',
      target: '/ai/usecase',
      headers: [['X-Large', 'a'.repeat(5000)]],
    })
    expect(answer.status).toBe(431)
  })
})

test('requests beyond the limit get 503, and requests in progress continue', async () => {
  const release: (() => void)[] = []
  const url = await anUpstream((_request, response) => {
    release.push(() => response.end('done'))
  })
  const small = await aGateway({ server, reader, upstream: url, file: 'limits: { requests: 2 }' })
  const held = [0, 1].map(() => fetch(`${small.url}/ai/usecase`, { headers: [[...bearer()]] }))
  await expect.poll(() => release.length).toBe(2)
  const refused = await ask(small.url, { method: 'GET', target: '/ai/usecase', headers: [bearer()] })
  expect(refused.status).toBe(503)
  expect(headerOf(refused, 'retry-after')).toBe('1')
  for (const finish of release) finish()
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200])
})

test('connections beyond the limit are closed', async () => {
  const small = await aGateway({ server, reader, upstream: upstream.url, file: 'limits: { connections: 2 }' })
  const { port } = new URL(small.url)
  const sockets = [0, 1, 2].map(() => connect(Number(port), '127.0.0.1').on('error', () => undefined))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  await expect.poll(() => sockets.filter(({ readyState }) => readyState === 'open').length).toBe(2)
})
