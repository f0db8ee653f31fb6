// POST /v1/token: requests with a wrong path, method, content type or size are refused, and the live tokens stay live.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf, headersOf, jsonOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration, expectNeverStored, type WatchedIntegration } from '../watched-integration.ts'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const FORM_TYPE = 'application/x-www-form-urlencoded'
const ASKED = `scope=${PREDICT}&grant_type=client_credentials`
const endpoint = (): string => under(server.issuer, '/v1/token')
const target = (query = ''): string => `${endpoint()}${query === '' ? '' : `?${query}`}`
const authorization = () => ['Authorization', integration.basic] as const

const withQuery = (query: string): RawRequest => ({ target: target(query), headers: [authorization()] })

const withBody = (body: string | Buffer, type = FORM_TYPE, query = ''): RawRequest => ({
  target: target(query),
  headers: [authorization(), ['Content-Type', type]],
  body,
})

const errorOf = (answer: RawAnswer) => [answer.status, jsonOf(answer)['error']] as const

describe('the answer is 404 for a similar path', () => {
  test.each([
    '/oauth2/another/v1/token',
    '/oauth2//v1/token',
    '//oauth2/ausao8uveaPmyhv0v357/v1/token',
    '/oauth2/ausao8uveaPmyhv0v357//v1/token',
    '/oauth2/ausao8uveaPmyhv0v357/v1/token/',
    '/oauth2/ausao8uveaPmyhv0v357/v1%2Ftoken',
    '/oauth2/ausao8uveaPmyhv0v357/v1/%74oken',
    '/oauth2/ausao8uveaPmyhv0v357/v1/./token',
    '/oauth2/ausao8uveaPmyhv0v357/v1/keys/../token',
    '/oauth2/AUSAO8UVEAPMYHV0V357/v1/token',
    '/oauth2/ausao8uveaPmyhv0v357/v1/token;a=b',
    '/oauth2/ausao8uveaPmyhv0v357/v2/token',
    '/v1/token',
    '/__proto__',
  ])('%s', async (path) => {
    for (const request of [
      { ...withQuery(ASKED), target: `${path}?${ASKED}` },
      { ...withBody(ASKED), target: path },
    ]) {
      expect(errorOf(await integration.refused(request))).toEqual([404, 'invalid_request'])
    }
  })
})

describe('the answer is 415 with invalid_request', () => {
  const { stringify } = JSON
  const json = stringify({ grant_type: 'client_credentials', scope: PREDICT })
  const multipart = `--b\r\nContent-Disposition: form-data; name="scope"\r\n\r\n${PREDICT}\r\n--b--\r\n`

  test.each([
    ['JSON', json, 'application/json'],
    ['a form called JSON', ASKED, 'application/json'],
    ['multipart', multipart, 'multipart/form-data; boundary=b'],
    ['text', ASKED, 'text/plain'],
    ['a form of another charset', ASKED, `${FORM_TYPE}; charset=utf-16`],
    ['a form of Latin-1', ASKED, `${FORM_TYPE}; charset=iso-8859-1`],
    ['a form of two charsets', ASKED, `${FORM_TYPE}; charset=utf-8; charset=utf-16`],
    ['a type that only begins like a form', ASKED, `${FORM_TYPE}x`],
    ['no type', ASKED, undefined],
    ['an empty type', ASKED, ''],
  ])('for a body of %s', async (_what, body, type) => {
    const headers = [authorization(), ...(type === undefined ? [] : [['Content-Type', type] as const])]
    const answer = await integration.refused({ target: target(), headers, body })
    expect(errorOf(answer)).toEqual([415, 'invalid_request'])
  })

  test('for a second content type after the right content type', async () => {
    const headers = [authorization(), ['Content-Type', FORM_TYPE], ['Content-Type', 'application/json']] as const
    expect(errorOf(await integration.refused({ target: target(), headers, body: ASKED }))[0]).toBe(415)
  })

  test('for a compressed body', async () => {
    const headers = [authorization(), ['Content-Type', FORM_TYPE], ['Content-Encoding', 'gzip']] as const
    expect(errorOf(await integration.refused({ target: target(), headers, body: ASKED }))[0]).toBe(415)
  })

  test('even if the query alone has all required parameters', async () => {
    expect(errorOf(await integration.refused(withBody('{}', 'application/json', ASKED)))[0]).toBe(415)
  })
})

describe('the answer is 405 for any method but POST', () => {
  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])('%s', async (method) => {
    const answer = await integration.refused({ ...withQuery(ASKED), method })
    expect(errorOf(answer)).toEqual([405, 'invalid_request'])
    expect(headerOf(answer, 'allow')).toBe('POST')
    expect(answer.headers.map(([name]) => name).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  test('HEAD, and the answer has no body', async () => {
    const answer = await integration.refused({ ...withQuery(ASKED), method: 'HEAD' })
    expect([answer.status, headerOf(answer, 'allow'), answer.body]).toEqual([405, 'POST', ''])
  })
})

describe('near the size limits, the answer is', () => {
  test('413 for a body over 16 KiB, and the connection is closed', async () => {
    const answer = await integration.refused(withBody(`${ASKED}&${'a=&'.repeat(6000)}`))
    expect(errorOf(answer)).toEqual([413, 'invalid_request'])
    expect(headersOf(answer, 'connection')).toContain('close')
  })

  test('413 for a chunked body over 16 KiB', async () => {
    const headers = [authorization(), ['Content-Type', FORM_TYPE], ['Transfer-Encoding', 'chunked']] as const
    const sent = `${'4000\r\n'}${'a'.repeat(0x4000)}\r\n1\r\na\r\n0\r\n\r\n`
    expect((await integration.wasRefused(await askRaw({ target: target(ASKED), headers }, sent))).status).toBe(413)
  })

  test('a token for a body of exactly 16 KiB', async () => {
    const filler = Array.from({ length: 4 }, (_, i) => `f${String(i)}=${'a'.repeat(4000)}`).join('&')
    const rest = 16_384 - filler.length - '&last='.length
    const answer = await integration.refused(withBody(`${filler}&last=${'a'.repeat(rest)}`))
    expect(jsonOf(answer)['error_description']).toMatch(/grant_type parameter is missing/)
  })

  test('400 for a parameter over 4 KiB', async () => {
    const answer = await integration.refused(withQuery(`${ASKED}&audit=${'a'.repeat(4096)}`))
    expect(errorOf(answer)).toEqual([400, 'invalid_request'])
    expect(jsonOf(answer)['error_description']).toMatch(/longer than 4 KiB/)
  })

  test('400 for 101 parameters in query, body or both', async () => {
    const some = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, i) => `${prefix}${String(i)}=1`).join('&')
    const queries = [
      withQuery(`${ASKED}&${some(99, 'a')}`),
      withBody(some(50, 'b'), FORM_TYPE, `${ASKED}&${some(49, 'a')}`),
    ]
    for (const request of queries) {
      const answer = await integration.refused(request)
      expect(errorOf(answer)).toEqual([400, 'invalid_request'])
      expect(jsonOf(answer)['error_description']).toMatch(/more than 100 parameters/)
    }
  })

  test('a token for 100 parameters', async () => {
    const { basic } = await server.integration()
    const some = Array.from({ length: 98 }, (_, i) => `a${String(i)}=1`).join('&')
    const answer = await ask(server.publicUrl, {
      target: target(`${ASKED}&${some}`),
      headers: [['Authorization', basic]],
    })
    expect(answer.status).toBe(200)
  })
})

const askRaw = (request: RawRequest, body: string): Promise<RawAnswer> =>
  ask(server.publicUrl, request, (connection) => {
    connection.write(body)
  })

test('the answer to an unknown path has the usual headers', async () => {
  expectNeverStored(await integration.refused({ method: 'GET', target: '/nothing' }))
})
