// RFC 6750, Bearer Token Usage: the requirements for the endpoint that checks bearer tokens for reverse proxies.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headersOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'

let server: TestServer
let token: string
let dead: string

beforeAll(async () => {
  server = await startTestServer()
  const integration = await server.integration()
  dead = await server.token(integration)
  token = await server.token(integration)
})

afterAll(() => server.stop())

const verify = (
  authorization: string | undefined,
  request: Partial<RawRequest> & { query?: string } = {},
): Promise<RawAnswer> =>
  ask(server.publicUrl, {
    method: 'GET',
    ...request,
    target: `${under(server.issuer, '/v1/verify')}${request.query ?? ''}`,
    headers: [
      ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
      ...(request.headers ?? []),
    ],
  })

/** Returns the parameters of the only challenge of an answer. */
function challengeOf(answer: RawAnswer): Record<string, string> {
  const [challenge = '', ...others] = headersOf(answer, 'www-authenticate')
  expect(others).toEqual([])
  const [, parameters = ''] = /^Bearer (.*)$/.exec(challenge) ?? []
  const pairs = [...parameters.matchAll(/(\w+)="([^"\\]*)"(?:, |$)/g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  )
  expect(pairs.map(([name, value]) => `${name}="${value}"`).join(', ')).toBe(parameters)
  expect(new Set(pairs.map(([name]) => name)).size, 'each parameter once').toBe(pairs.length)
  return Object.fromEntries(pairs)
}

test('RFC6750-2.1-1: the server reads the token from the Authorization header, and the scheme is case-insensitive', async () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) expect((await verify(`${scheme} ${token}`)).status).toBe(200)
})

test('RFC6750-2.1-2: an Authorization header without one space and a b64token after the scheme is refused', async () => {
  for (const text of [`Bearer  ${token}`, `Bearer ${token},`, 'Bearer a b', 'Bearer "a"', 'Bearer =', 'Bearer ']) {
    expect((await verify(text)).status).toBe(401)
  }
})

test('RFC6750-2.2-1: the server ignores a token in a form body', async () => {
  const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const
  expect((await verify(undefined, { method: 'POST', headers, body: `access_token=${token}` })).status).toBe(401)
})

test('RFC6750-2.3-1: the server ignores a token in the query', async () => {
  expect((await verify(undefined, { query: `?access_token=${token}` })).status).toBe(401)
  expect((await verify(`Bearer ${token}`, { query: `?access_token=${dead}` })).status).toBe(200)
})

test('RFC6750-3-1: every refusal carries a WWW-Authenticate header with the scheme Bearer and a realm', async () => {
  for (const [authorization, query] of [
    [undefined, ''],
    ['Bearer x', ''],
    [`Bearer ${dead}`, ''],
    [`Bearer ${token}`, `?scope=${MODEL}`],
  ] as const) {
    expect(challengeOf(await verify(authorization, { query }))['realm']).toBe('latchkey')
  }
})

test('RFC6750-3-2: the parameters of a challenge contain only the characters that RFC 6750 permits', async () => {
  for (const query of ['?scope=%22%5C', '?scope=%0D%0AX:1', '?scope=%C3%A9', '?scope=a%20b']) {
    const challenge = challengeOf(await verify(`Bearer ${token}`, { query }))
    expect(challenge['scope'], 'what is no scope is not named').toBeUndefined()
    expect(challenge['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
  }
})

test('RFC6750-3.1-1: the challenge to a request without credentials has no error code', async () => {
  expect(challengeOf(await verify(undefined))).toEqual({ realm: 'latchkey' })
  expect(challengeOf(await verify('Basic YTpi'))).toEqual({ realm: 'latchkey' })
})

test('RFC6750-3.1-2: a malformed, revoked, superseded or otherwise invalid token is answered 401 invalid_token', async () => {
  for (const text of ['a.b.c', dead, `${token.slice(0, -4)}AAAA`]) {
    const answer = await verify(`Bearer ${text}`)
    expect([answer.status, challengeOf(answer)['error']]).toEqual([401, 'invalid_token'])
  }
})

test('RFC6750-3.1-3: a valid token of another scope is answered 403 insufficient_scope, which names the required scope', async () => {
  const answer = await verify(`Bearer ${token}`, { query: `?scope=${MODEL}` })
  expect(answer.status).toBe(403)
  expect(challengeOf(answer)).toMatchObject({ error: 'insufficient_scope', scope: MODEL })
  expect((await verify(`Bearer ${token}`, { query: `?scope=${PREDICT}` })).status).toBe(200)
})
