// POST /v1/token: the forms of a request that the server answers with a token.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, RawConnection, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { expectNeverStored } from '../watched-integration.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const ASKED = `scope=${PREDICT}&grant_type=client_credentials`
const target = (query = ''): string => `${under(server.issuer, '/v1/token')}${query === '' ? '' : `?${query}`}`

/** Sends the documented request for a new integration, with changes. */
async function answerTo(change: (documented: RawRequest) => Partial<RawRequest> = () => ({})): Promise<RawAnswer> {
  const { basic } = await server.integration()
  const documented: RawRequest = {
    target: target(ASKED),
    headers: [['Accept', 'application/json'], ['Authorization', basic], ['Cache-Control', 'no-cache'], FORM],
  }
  return ask(server.publicUrl, { ...documented, ...change(documented) })
}

const withHeaders =
  (...headers: readonly (readonly [string, string])[]) =>
  (documented: RawRequest) => ({ headers: [...(documented.headers ?? []), ...headers] })

function expectToken(answer: RawAnswer, scope: string = PREDICT): string {
  expect(answer.status, answer.body).toBe(200)
  const { access_token, ...rest } = jsonOf(answer)
  expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600, scope })
  expect(decodeJwt(String(access_token))['scope']).toBe(scope)
  return String(access_token)
}

test('the documented request is answered with exactly four members and no-store', async () => {
  const answer = await answerTo()
  const token = expectToken(answer)
  expect(Object.keys(jsonOf(answer))).toEqual(['token_type', 'expires_in', 'access_token', 'scope'])
  expect(headerOf(answer, 'content-type')).toBe('application/json')
  expectNeverStored(answer)
  expect(await server.verify(token, PREDICT)).toEqual({ status: 200, reason: null })
})

describe('the parameters are read', () => {
  test.each([
    ['from the body', '', ASKED],
    ['from query and body together', `scope=${PREDICT}`, 'grant_type=client_credentials'],
    ['from body and query the other way round', 'grant_type=client_credentials', `scope=${PREDICT}`],
    ['when they are percent-encoded', 'scope=machinelearning%2Epredict&%67rant_type=client%5Fcredentials', ''],
    ['when empty pairs stand between them', `&&scope=${PREDICT}&&grant_type=client_credentials&`, ''],
  ])('%s', async (_where, query, body) => {
    expectToken(await answerTo(() => ({ target: target(query), ...(body !== '' && { body }) })))
  })

  test.each([
    ['with a charset', 'application/x-www-form-urlencoded; charset=UTF-8'],
    ['with a quoted charset', 'application/x-www-form-urlencoded;charset="utf-8"'],
    ['in capitals', 'APPLICATION/X-WWW-FORM-URLENCODED'],
  ])('from a body with the content type %s', async (_how, type) => {
    const changed = answerTo(({ headers = [] }) => ({
      target: target(),
      body: ASKED,
      headers: [...headers.filter(([name]) => name !== 'Content-Type'), ['Content-Type', type] as const],
    }))
    expectToken(await changed)
  })
})

describe('the token endpoint ignores', () => {
  test.each([
    'audit=1',
    'resource=',
    'client_secret_=x',
    '__proto__=x&constructor=y&toString=z&hasOwnProperty=w',
    'scope[]=machinelearning.model',
    'scope[a]=machinelearning.model',
    'scope%20=x',
    'Scope=machinelearning.model',
    'client_id=',
  ])('the unknown or empty parameters %s', async (parameters) => {
    expectToken(await answerTo(() => ({ target: target(`${parameters}&${ASKED}`) })))
    expectToken(await answerTo(() => ({ target: target(), body: `${ASKED}&${parameters}` })))
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test.each([
    ['Accept', 'text/html;q=1, application/json;q=0'],
    ['Accept-Encoding', 'gzip'],
    ['Cache-Control', 'only-if-cached, max-stale=99999'],
    ['If-None-Match', '*'],
    ['Range', 'bytes=0-10'],
    ['Origin', 'https://attacker.example'],
    ['X-SSL-Client-Cert', '-----BEGIN CERTIFICATE-----'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-Original-URL', '/v1/revoke'],
    ['DPoP', 'eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.AA'],
    ['Upgrade', 'h2c'],
    ['Cookie', 'session=1'],
  ])('the header %s: %s', async (name, value) => {
    const answer = await answerTo(withHeaders([name, value]))
    expectToken(answer)
    expect(answer.headers.map(([header]) => header)).not.toContain('access-control-allow-origin')
  })

  test('a client_id parameter that equals the client ID in the header', async () => {
    const { basic, clientId } = await server.integration()
    const headers = [['Authorization', basic] as const, FORM]
    const body = `${ASKED}&client_id=${clientId}`
    expectToken(await ask(server.publicUrl, { target: target(), headers, body }))
    expectToken(await ask(server.publicUrl, { target: target(`${ASKED}&client_id=${clientId}`), headers }))
  })

  test('an empty client_secret parameter next to the header', async () => {
    expectToken(await answerTo(() => ({ target: target(), body: `${ASKED}&client_secret=` })))
  })
})

test('the credentials may come in the form body', async () => {
  const { clientId, clientSecret } = await server.integration()
  const body = `${ASKED}&client_id=${clientId}&client_secret=${clientSecret.reveal()}`
  expectToken(await ask(server.publicUrl, { target: target(), headers: [FORM], body }))
})

describe('the framing of the request does not matter:', () => {
  const exchange = async (lines: (basic: string) => string): Promise<RawAnswer> => {
    const { basic } = await server.integration()
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(lines(basic))
    try {
      return await connection.answer()
    } finally {
      connection.destroy()
    }
  }

  test('Content-Length: 0', async () => {
    expectToken(await answerTo(withHeaders(['Content-Length', '0'])))
  })

  test('an empty chunked body', async () => {
    const chunked = (basic: string) =>
      `POST ${target(ASKED)} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
    expectToken(await exchange(chunked))
  })

  test('a chunked body, one byte in each chunk', async () => {
    const chunks = [...ASKED].map((character) => `1\r\n${character}\r\n`).join('')
    const chunked = (basic: string) =>
      `POST ${target()} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`
    expectToken(await exchange(chunked))
  })

  test('HTTP/1.0 without a Host header', async () => {
    expectToken(await exchange((basic) => `POST ${target(ASKED)} HTTP/1.0\r\nAuthorization: ${basic}\r\n\r\n`))
  })

  test('the absolute form of the request target, with any host', async () => {
    const absolute = `http://attacker.example${target(ASKED)}`
    const token = expectToken(await answerTo(() => ({ target: absolute })))
    expect(decodeJwt(token).iss).toBe(server.issuer)
  })

  test('Expect: 100-continue is answered with 100', async () => {
    const { basic } = await server.integration()
    const connection = await RawConnection.open(server.publicUrl)
    const length = String(ASKED.length)
    connection.write(
      `POST ${target()} HTTP/1.1\r\nHost: a\r\nAuthorization: ${basic}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`,
    )
    expect((await connection.answer()).status).toBe(100)
    connection.write(ASKED)
    expectToken(await connection.answer())
    connection.destroy()
  })
})

test('the token has the configured issuer, whatever Host and X-Forwarded-Host contain', async () => {
  const answer = await answerTo(
    withHeaders(
      ['X-Forwarded-Host', 'attacker.example'],
      ['X-Forwarded-Proto', 'https'],
      ['Forwarded', 'host=a.example'],
    ),
  )
  expect(decodeJwt(expectToken(answer)).iss).toBe(server.issuer)
  const connection = await RawConnection.open(server.publicUrl)
  const { basic } = await server.integration()
  connection.write(`POST ${target(ASKED)} HTTP/1.1\r\nHost: attacker.example\r\nAuthorization: ${basic}\r\n\r\n`)
  expect(decodeJwt(expectToken(await connection.answer())).iss).toBe(server.issuer)
  connection.destroy()
})

describe('the scope', () => {
  test.each([PREDICT, MODEL])('is the requested one: %s', async (scope) => {
    const requested = `scope=${scope}&grant_type=client_credentials`
    expectToken(await answerTo(() => ({ target: target(requested) })), scope)
  })

  test.each(['', '&scope=', '&scope'])(
    'may be omitted if the integration has exactly one scope: %j',
    async (parameter) => {
      const { basic } = await server.integration({ scopes: [MODEL] })
      const headers = [['Authorization', basic] as const]
      const requested = target(`grant_type=client_credentials${parameter}`)
      expectToken(await ask(server.publicUrl, { target: requested, headers }), MODEL)
    },
  )
})

describe('the request id', () => {
  test('of the caller is returned if it has a safe form', async () => {
    const answer = await answerTo(withHeaders(['X-Request-Id', 'build-17.retry_2']))
    expect(headerOf(answer, 'x-request-id')).toBe('build-17.retry_2')
  })

  test.each(['a'.repeat(65), 'a b', '<script>', '"'])(
    'of the caller is replaced if it has an unsafe form: %s',
    async (given) => {
      expect(headerOf(await answerTo(withHeaders(['X-Request-Id', given])), 'x-request-id')).toMatch(/^req_[a-z0-9]+$/)
    },
  )
})

test('each pair of integration and scope has its own token', async () => {
  const [one, other] = [await server.integration(), await server.integration()]
  const tokens = [
    await server.token(one, PREDICT),
    await server.token(one, MODEL),
    await server.token(other, PREDICT),
    await server.token(other, MODEL),
  ]
  for (let i = 0; i < 100; i++) {
    const which = i % tokens.length
    const [integration, scope] = [which < 2 ? one : other, which % 2 === 0 ? PREDICT : MODEL]
    tokens[which] = await server.token(integration, scope)
    const statuses = await Promise.all(tokens.map(async (token) => (await server.verify(token)).status))
    expect(statuses).toEqual([200, 200, 200, 200])
  }
})
