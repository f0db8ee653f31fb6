// A request that is not valid HTTP gets an answer in the usual form of errors. The connection is closed, and the live
// tokens stay live.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { headerOf, headersOf, jsonOf, type RawAnswer, RawConnection, under } from '../raw-http.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'

const FORM = 'Content-Type: application/x-www-form-urlencoded'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const ASKED = `scope=${PREDICT}&grant_type=client_credentials`
const target = (): string => `${under(server.issuer, '/v1/token')}?${ASKED}`

/**
 * The documented token request as raw text, with additional lines. The request is complete and well framed unless these
 * lines break it.
 */
const request = (...lines: readonly string[]): string =>
  [`POST ${target()} HTTP/1.1`, 'Host: a', `Authorization: ${integration.basic}`, ...lines, '', ''].join('\r\n')

/** Sends these bytes. Returns the answer, after the server has closed the connection. */
const lastAnswerTo = async (bytes: string | Buffer): Promise<RawAnswer> =>
  integration.wasRefused(await closingAnswerTo(bytes))

async function closingAnswerTo(bytes: string | Buffer): Promise<RawAnswer> {
  const connection = await RawConnection.open(server.publicUrl)
  connection.write(bytes)
  const answer = await connection.answer()
  expect(headersOf(answer, 'connection')).toEqual(['close'])
  await connection.closed
  return answer
}

describe('the answer is 400 invalid_request for', () => {
  test.each<[string, () => string]>([
    ['a greeting', () => 'HELO latchkey\r\n\r\n'],
    ['a TLS handshake', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method that is none', () => request().replace('POST', 'PO ST')],
    ['a version that is none', () => request().replace('HTTP/1.1', 'HTTP/9.9')],
    ['a space in the target', () => request().replace('grant_type', 'grant type')],
    ['a byte above ASCII in the target', () => request().replace('grant_type', 'grant\xa0type')],
    ['a header without a colon', () => request('X-Broken')],
    ['a space before the colon', () => request('X-Broken : 1')],
    ['an empty header name', () => request(': 1')],
    ['a control character in a value', () => request('X-Broken: \x01')],
    ['NUL in a value', () => request('X-Broken: a\0b')],
    ['a bare carriage return in a value', () => request('X-Broken: a\rb')],
    ['a folded line', () => request('X-Folded: a', ' b')],
    ['a length that is no number', () => request('Content-Length: 1x')],
    ['a negative length', () => request('Content-Length: -1')],
    ['a length with a plus', () => request('Content-Length: +5')],
    ['two lengths', () => request('Content-Length: 0', 'Content-Length: 5')],
    [
      'a length and chunks: a way to smuggle',
      () => `${request('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ],
    ['chunks before another coding', () => `${request('Transfer-Encoding: chunked, gzip')}0\r\n\r\n`],
    ['chunks twice', () => `${request('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['a chunk size that is none', () => `${request('Transfer-Encoding: chunked')}zz\r\n\r\n`],
    ['a chunk that is longer than it says', () => `${request('Transfer-Encoding: chunked')}1\r\nabc\r\n0\r\n\r\n`],
    ['a chunk size with a sign', () => `${request('Transfer-Encoding: chunked')}+1\r\na\r\n0\r\n\r\n`],
    ['a chunk size beyond all bounds', () => `${request('Transfer-Encoding: chunked')}fffffffffffffffff\r\n`],
  ])('%s', async (_what, bytes) => {
    const answer = await lastAnswerTo(bytes())
    expect([answer.status, jsonOf(answer)['error']]).toEqual([400, 'invalid_request'])
  })
})

describe('a Basic value on two lines is answered with the remedy', () => {
  // A Basic value that the program `base64` wraps at 76 columns, because its ID and secret are longer than those of
  // Latchkey.
  const wrapped = `${'QUJD'.repeat(19)}\nREVG`

  test.each([
    ['a line feed', '\n'],
    ['a line feed and a space', '\n '],
    ['a carriage return and a line feed', '\r\n'],
  ])('broken by %s', async (_how, lineBreak) => {
    const broken = wrapped.replace('\n', lineBreak)
    const answer = await lastAnswerTo(`POST ${target()} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ${broken}\r\n\r\n`)
    expect([answer.status, jsonOf(answer)['error']]).toEqual([400, 'invalid_request'])
    expect(jsonOf(answer)['error_description']).toMatch(/base64 -w0/)
  })
})

describe('the answer is 431 invalid_request for more than 16 KiB of', () => {
  test.each<[string, () => string]>([
    ['one header', () => request(`X-Long: ${'a'.repeat(17_000)}`)],
    ['many headers', () => request(...Array.from({ length: 400 }, (_, i) => `X-${String(i)}: ${'a'.repeat(40)}`))],
    ['the target', () => request().replace(ASKED, `${ASKED}&a=${'a'.repeat(17_000)}`)],
    ['a header that never ends', () => `POST / HTTP/1.1\r\nX-Endless: ${'a'.repeat(100_000)}`],
  ])('%s', async (_what, bytes) => {
    const answer = await lastAnswerTo(bytes())
    expect([answer.status, jsonOf(answer)['error']]).toEqual([431, 'invalid_request'])
  })
})

describe('transfer codings:', () => {
  test.each([
    ['gzip before chunked: its bytes were read as plain chunks', ['gzip, chunked']],
    ['gzip in a header of its own', ['gzip', 'chunked']],
    ['one that is made up', ['x, chunked']],
  ])('an unsupported coding is answered 501, and the connection is closed: %s', async (_what, codings) => {
    const lines = codings.map((coding) => `Transfer-Encoding: ${coding}`)
    const answer = await closingAnswerTo(`${request(FORM, ...lines)}3\r\na=b\r\n0\r\n\r\n`)
    expect([answer.status, jsonOf(answer)['error']]).toEqual([501, 'invalid_request'])
    expect(jsonOf(answer)['error_description']).toMatch(/chunked/)
    await integration.expectBothLive()
  })

  test('chunked is recognized in any case and with spaces around it', async () => {
    const own = await server.integration()
    const connection = await RawConnection.open(server.publicUrl)
    const asking = request(FORM, 'Transfer-Encoding:  Chunked ').replace(integration.basic, own.basic)
    connection.write(`${asking}3\r\na=b\r\n0\r\n\r\n`)
    expect((await connection.answer()).status).toBe(200)
    connection.destroy()
  })

  test('a body with a length keeps an HTTP/1.0 connection with keep-alive open', async () => {
    const own = await server.integration()
    const asking = request(FORM, 'Connection: keep-alive', 'Content-Length: 3')
      .replace('HTTP/1.1', 'HTTP/1.0')
      .replace(integration.basic, own.basic)
    const connection = await RawConnection.open(server.publicUrl)
    for (let i = 0; i < 2; i++) {
      connection.write(`${asking}a=b`)
      expect((await connection.answer()).status).toBe(200)
    }
    connection.destroy()
  })

  test('chunks in HTTP/1.0, which has no chunks, end the connection', async () => {
    const answer = await lastAnswerTo(
      `${request(FORM, 'Connection: keep-alive', 'Transfer-Encoding: chunked').replace('HTTP/1.1', 'HTTP/1.0').replace(integration.basic, 'Basic YTpi')}3\r\na=b\r\n0\r\n\r\n`,
    )
    expect(answer.status).toBe(401)
  })
})

test('credentials in a trailer are ignored', async () => {
  const connection = await RawConnection.open(server.publicUrl)
  const chunked = request('Transfer-Encoding: chunked').replace(`Authorization: ${integration.basic}\r\n`, '')
  connection.write(`${chunked}0\r\nAuthorization: ${integration.basic}\r\n\r\n`)
  const answer = await integration.wasRefused(await connection.answer())
  expect([answer.status, jsonOf(answer)['error']]).toEqual([401, 'invalid_client'])
  connection.destroy()
})

describe('among 2500 headers', () => {
  const crowd = Array.from({ length: 2500 }, () => 'a:').join('\r\n')

  test('a second Authorization header at the end is found', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(request(crowd, 'Authorization: Basic YTpi'))
    const answer = await integration.wasRefused(await connection.answer())
    expect([answer.status, jsonOf(answer)['error']]).toEqual([400, 'invalid_request'])
    expect(jsonOf(answer)['error_description']).toMatch(/more than one Authorization/)
    connection.destroy()
  })

  test('a second token for verify at the end is found', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    const bearer = `Authorization: Bearer ${integration.live.predict}`
    const verify = under(server.issuer, '/v1/verify')
    connection.write(`GET ${verify} HTTP/1.1\r\nHost: a\r\n${bearer}\r\n${crowd}\r\n${bearer}\r\n\r\n`)
    const answer = await connection.answer()
    expect([answer.status, headerOf(answer, 'latchkey-reason')]).toEqual([401, 'malformed'])
    connection.destroy()
  })
})

describe('on one connection', () => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
  const verify = (token: string): string =>
    `GET ${under(server.issuer, '/v1/verify')} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`

  test('pipelined requests are answered in their order', async () => {
    const own = await server.integration()
    const connection = await RawConnection.open(server.publicUrl)
    const asking = request().replace(integration.basic, own.basic)
    connection.write(asking + get('/livez') + asking + verify(integration.live.predict) + get('/nothing'))
    const statuses: number[] = []
    for (let i = 0; i < 5; i++) statuses.push((await connection.answer()).status)
    expect(statuses).toEqual([200, 200, 200, 200, 404])
    connection.destroy()
  })

  test('invalid bytes after a valid request do not prevent the answer to this request', async () => {
    const own = await server.integration()
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(`${request().replace(integration.basic, own.basic)}garbage\r\n\r\n`)
    const answer = await connection.answer()
    expect(answer.status).toBe(200)
    await connection.closed
    const token = String(jsonOf(answer)['access_token'])
    expect(await server.verify(token, PREDICT)).toEqual({ status: 200, reason: null })
  })

  test('invalid bytes after an answered request get an error answer', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(get('/livez'))
    expect((await connection.answer()).status).toBe(200)
    connection.write('garbage\r\n\r\n')
    expect((await connection.answer()).status).toBe(400)
    await connection.closed
  })

  test('an unread body does not become the next request', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    const smuggled = get('/livez')
    const length = String(smuggled.length)
    connection.write(
      `POST ${under(server.issuer, '/v1/verify')} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`,
    )
    connection.write(smuggled + get('/readyz'))
    expect((await connection.answer()).status).toBe(401)
    expect(jsonOf(await connection.answer())).toEqual({ status: 'ready' })
    connection.destroy()
  })

  test('a refused token request keeps the connection open', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(request().replace(integration.basic, 'Basic YTpi') + get('/livez'))
    await integration.wasRefused(await connection.answer())
    expect((await connection.answer()).status).toBe(200)
    connection.destroy()
  })
})

test('a request that ends in the middle of its body changes no token', async () => {
  const connection = await RawConnection.open(server.publicUrl)
  connection.write(`${request('Content-Type: application/x-www-form-urlencoded', 'Content-Length: 100')}a=b`)
  connection.destroy()
  await connection.closed
  await integration.expectBothLive()
})

test('CONNECT is answered like any other method that is not POST', async () => {
  const connection = await RawConnection.open(server.publicUrl)
  connection.write(request().replace('POST', 'CONNECT'))
  const answer = await integration.wasRefused(await connection.answer())
  expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, 'POST'])
  await connection.closed
})
