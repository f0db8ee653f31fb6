// RFC 7617 (Basic), RFC 9110 (HTTP semantics), RFC 9111 (caching) and RFC 9112 (HTTP/1.1): the requirements that apply
// to this server.
import { Secret } from '@latchkey/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { vaultOf } from '../opened-store.ts'
import { ask, headerOf, jsonOf, type RawAnswer, RawConnection, under } from '../raw-http.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'
import { changing } from '../changing.ts'

let server: TestServer
let watched: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  watched = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const ASKED = `grant_type=client_credentials&scope=${PREDICT}`
const token = (): string => `${under(server.issuer, '/v1/token')}?${ASKED}`
const keys = (): string => under(server.issuer, '/v1/keys')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const withAuthorization = (value: string) => ({ target: token(), headers: [['Authorization', value]] as const })

/** Reads as many answers to raw bytes as the caller expects. */
async function answers(bytes: string, count = 1): Promise<readonly RawAnswer[]> {
  const connection = await RawConnection.open(server.publicUrl)
  connection.write(bytes)
  const all: RawAnswer[] = []
  for (let i = 0; i < count; i++) all.push(await connection.answer())
  connection.destroy()
  return all
}

const refusedWith400 = async (bytes: string): Promise<void> => {
  for (const answer of await answers(bytes)) expect((await watched.wasRefused(answer)).status).toBe(400)
}

test('RFC7617-2-1: the challenge names the scheme and a realm, and the scheme is read in any case', async () => {
  expect(headerOf(await watched.refused({ target: token() }), 'www-authenticate')).toBe('Basic realm="latchkey"')
  const { basic } = await server.integration()
  expect((await ask(server.publicUrl, withAuthorization(basic.replace('Basic', 'bASIC')))).status).toBe(200)
})

test('RFC7617-2-2: the first colon separates the ID from the secret, and later colons belong to the secret', async () => {
  const { clientId } = await server.integration()
  const hash = (await vaultOf(server.dataDir)).hash(new Secret('a:b:'))
  const secret = { id: `sec_${clientId}`, hash, endsAt: undefined }
  await server.integrations.change(
    clientId,
    ...changing({ kind: 'add_secret', secret, sealed: null, origin: 'generated', previousEndAt: undefined }),
  )
  const answer = await ask(server.publicUrl, withAuthorization(`Basic ${base64(`${clientId}:a:b:`)}`))
  expect(answer.status).toBe(200)
})

test('RFC7617-2-3: control characters in ID or secret are refused', async () => {
  for (const pair of [`${watched.clientId}:a\x01b`, `a\x7fb:${watched.clientId}`]) {
    expect((await watched.refused(withAuthorization(`Basic ${base64(pair)}`))).status).toBe(401)
  }
})

test('RFC9110-9.3.2-1: HEAD has the headers of GET and no body', async () => {
  const [get, head] = [
    await ask(server.publicUrl, { method: 'GET', target: keys() }),
    await ask(server.publicUrl, { method: 'HEAD', target: keys() }),
  ]
  expect([head.body, headerOf(head, 'content-length')]).toEqual(['', headerOf(get, 'content-length')])
})

test('RFC9110-10.1.1-1: the server answers Expect: 100-continue with 100 Continue', async () => {
  const { basic } = await server.integration()
  const head = `POST ${under(server.issuer, '/v1/token')} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic}\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\nContent-Length: ${String(ASKED.length)}\r\n\r\n`
  expect((await answers(`${head}${ASKED}`, 2)).map(({ status }) => status)).toEqual([100, 200])
})

test('RFC9110-13.1.2-1: the server answers 304 if If-None-Match has the entity tag, weak or strong, or an asterisk', async () => {
  const etag = headerOf(await ask(server.publicUrl, { method: 'GET', target: keys() }), 'etag') ?? ''
  for (const condition of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const answer = await ask(server.publicUrl, {
      method: 'GET',
      target: keys(),
      headers: [['If-None-Match', condition]],
    })
    expect([answer.status, headerOf(answer, 'etag')]).toEqual([304, etag])
  }
})

test('RFC9110-15.5.2-1: every 401 response carries a WWW-Authenticate challenge', async () => {
  const verify = under(server.issuer, '/v1/verify')
  expect(headerOf(await watched.refused({ target: token() }), 'www-authenticate')).toBeDefined()
  expect(headerOf(await ask(server.publicUrl, { target: verify }), 'www-authenticate')).toBeDefined()
})

test('RFC9110-15.5.6-1: every 405 response names the allowed methods', async () => {
  for (const [target, allow] of [
    [token(), 'POST'],
    [keys(), 'GET, HEAD'],
    ['/', 'GET, HEAD'],
    ['/livez', 'GET, HEAD'],
  ] as const) {
    const answer = await watched.refused({ method: 'PATCH', target })
    expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, allow])
  }
})

test('RFC9111-5.2.2.5-1: a response about a token is never cached, and the key set may be cached for a limited time', async () => {
  const bearer = [['Authorization', `Bearer ${watched.live.predict}`]] as const
  const target = under(server.issuer, '/v1/verify')
  const verdicts = [{ target, headers: bearer }, { target }, { target: `${target}?scope=other`, headers: bearer }]
  for (const verdict of verdicts) {
    expect(headerOf(await ask(server.publicUrl, verdict), 'cache-control')).toBe('no-store')
  }
  const set = await ask(server.publicUrl, { method: 'GET', target: keys() })
  expect(headerOf(set, 'cache-control')).toBe('public, max-age=300')
})

test('RFC9112-3.2-1: the server answers 400 if Host is missing in HTTP/1.1, sent twice or invalid', async () => {
  const head = `POST ${token()} HTTP/1.1\r\nAuthorization: ${watched.basic}\r\n`
  await refusedWith400(`${head}\r\n`)
  await refusedWith400(`${head}Host: a\r\nHost: b\r\n\r\n`)
  await refusedWith400(`${head}Host: a/b\r\n\r\n`)
})

test('RFC9112-3.2.2-1: the absolute form of the request target is accepted', async () => {
  const absolute = await ask(server.publicUrl, { method: 'GET', target: `http://another.example${keys()}` })
  expect(absolute.status).toBe(200)
})

test('RFC9112-5.1-1: white space between a header name and its colon is answered 400', async () => {
  await refusedWith400(`POST ${token()} HTTP/1.1\r\nHost: a\r\nAuthorization : ${watched.basic}\r\n\r\n`)
})

test('RFC9112-5.2-1: a folded header line is answered 400', async () => {
  await refusedWith400(
    `POST ${token()} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic\r\n ${watched.basic.slice(6)}\r\n\r\n`,
  )
})

test('RFC9112-6.1-1: a request with both Transfer-Encoding and Content-Length is answered 400', async () => {
  const head = `POST ${token()} HTTP/1.1\r\nHost: a\r\nAuthorization: ${watched.basic}\r\n`
  await refusedWith400(`${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)
})

test('RFC9112-6.1-2: a transfer coding other than chunked is answered 501, and the connection is closed', async () => {
  const head = `POST ${token()} HTTP/1.1\r\nHost: a\r\nAuthorization: ${watched.basic}\r\n`
  const [answer] = await answers(`${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`)
  expect([answer?.status, answer && headerOf(answer, 'connection')]).toEqual([501, 'close'])
  await watched.expectBothLive()
})

test('RFC9112-6.3-1: the server answers 400 if Content-Length is not a number, or if two values differ', async () => {
  const head = `POST ${token()} HTTP/1.1\r\nHost: a\r\nAuthorization: ${watched.basic}\r\n`
  await refusedWith400(`${head}Content-Length: 0x0\r\n\r\n`)
  await refusedWith400(`${head}Content-Length: 0\r\nContent-Length: 1\r\n\r\n`)
})

test('RFC9112-7.1-1: the server reads a chunked body, and answers malformed chunks with 400', async () => {
  const { basic } = await server.integration()
  const head = (authorization: string) =>
    `POST ${under(server.issuer, '/v1/token')} HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n`
  const [answer] = await answers(`${head(basic)}${ASKED.length.toString(16)}\r\n${ASKED}\r\n0\r\n\r\n`)
  expect(answer?.status).toBe(200)
  await refusedWith400(`${head(watched.basic)}5\r\n${ASKED}\r\n0\r\n\r\n`)
})

test('RFC9112-9.3.2-1: pipelined requests are answered in the order in which they were sent', async () => {
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
  const all = await answers(get('/readyz') + get('/nothing') + get('/livez') + get(keys()), 4)
  expect(all.map(({ status }) => status)).toEqual([200, 404, 200, 200])
  expect(jsonOf(all[0] as RawAnswer)).toEqual({ status: 'ready' })
})

test('RFC9112-9.3.2-2: a pipelined token request starts after the previous response, and the next request after its response', async () => {
  const { basic } = await server.integration()
  const post = `POST ${token()} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic}\r\nContent-Length: 0\r\n\r\n`
  const all = await answers(post.repeat(3), 3)
  const tokens = all.map((answer) => String(jsonOf(answer)['access_token']))
  const verdicts = await Promise.all(tokens.map((each) => server.verify(each)))
  expect(verdicts.map(({ reason }) => reason)).toEqual(['superseded', 'superseded', null])
})
