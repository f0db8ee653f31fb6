// ANY /v1/verify: the verdict for a reverse proxy on the bearer token of a request.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration, expectNeverStored, type WatchedIntegration } from '../watched-integration.ts'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const asking = (
  authorizations: readonly string[],
  { below = '', ...request }: Omit<RawRequest, 'target'> & { readonly below?: string } = {},
): Promise<RawAnswer> =>
  ask(server.publicUrl, {
    method: 'GET',
    ...request,
    target: `${under(server.issuer, '/v1/verify')}${below}`,
    headers: [...authorizations.map((value) => ['Authorization', value] as const), ...(request.headers ?? [])],
  })

const bearer = (token: string = integration.live.predict): string => `Bearer ${token}`

const identityOf = (answer: RawAnswer) =>
  ['x-latchkey-client-id', 'x-latchkey-scope', 'x-latchkey-jti'].map((name) => headerOf(answer, name))

function expectAccepted(answer: RawAnswer): void {
  expect([answer.status, answer.body]).toEqual([200, ''])
  expect(identityOf(answer)).toEqual([integration.clientId, PREDICT, decodeJwt(integration.live.predict).jti])
  expectNeverStored(answer)
}

/**
 * The answer contains no identity of a client and must not be cached. The reason of the refusal is in a header that
 * proxies pass on.
 */
function expectRefused(answer: RawAnswer, status: 401 | 403, reason: string | undefined): void {
  expect([answer.status, answer.body]).toEqual([status, ''])
  expect(headerOf(answer, 'latchkey-reason')).toBe(reason)
  expect(headerOf(answer, 'www-authenticate')).toMatch(/^Bearer realm="latchkey"/)
  expect(identityOf(answer)).toEqual(['', '', ''])
  expectNeverStored(answer)
}

describe('verify answers 200 with the identity of the caller', () => {
  test('for the live token', async () => {
    expectAccepted(await asking([bearer()]))
  })

  test('for the live token of the scope in the URL', async () => {
    expectAccepted(await asking([bearer()], { below: `?scope=${PREDICT}` }))
  })

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'])(
    'for any method: %s',
    async (method) => {
      expectAccepted(await asking([bearer()], { method }))
    },
  )

  test.each([
    '/',
    '/a/b',
    '//',
    '/../v1/token',
    '/%2e%2e/',
    '/a?x=1&y=2',
    '?x=%zz',
    `/x?access_token=y&scope=${PREDICT}`,
  ])('for any text after the path and in the query: %s', async (below) => {
    expectAccepted(await asking([bearer()], { below }))
  })

  test('with the scheme in upper or lower case', async () => {
    expectAccepted(await asking([`bearer ${integration.live.predict}`]))
    expectAccepted(await asking([`BEARER ${integration.live.predict}`]))
  })

  test('with any body, which the server does not read', async () => {
    const headers = [['Content-Type', 'application/json']] as const
    expectAccepted(await asking([bearer()], { method: 'POST', headers, body: '{"token":'.repeat(4000) }))
  })

  test.each([
    ['X-Forwarded-Method', 'DELETE'],
    ['X-Forwarded-Uri', '/admin?scope=other'],
    ['X-Original-URL', `/v1/verify?scope=${MODEL}`],
    ['X-Forwarded-Authorization', 'Bearer x'],
    ['Proxy-Authorization', 'Basic YTpi'],
    ['X-Latchkey-Client-Id', 'lk00000000000000'],
    ['Cookie', 'access_token=x'],
  ])('with any value of the header %s', async (name, value) => {
    expectAccepted(await asking([bearer()], { headers: [[name, value]] }))
  })
})

describe('verify answers 401 with a bare challenge for a request without a token:', () => {
  test.each([
    ['no Authorization header', []],
    ['an empty one', ['']],
    ['Basic credentials', ['Basic YTpi']],
    ['a scheme that only begins like Bearer', ['BearerX abc']],
  ])('%s', async (_what, authorizations) => {
    const answer = await asking(authorizations)
    expectRefused(answer, 401, undefined)
    expect(headerOf(answer, 'www-authenticate')).toBe('Bearer realm="latchkey"')
  })

  test('even if a token is in the query, the body or a cookie', async () => {
    const token = integration.live.predict
    const headers = [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Cookie', `access_token=${token}`],
    ] as const
    const request = { method: 'POST', below: `?access_token=${token}`, headers, body: `access_token=${token}` }
    expectRefused(await asking([], request), 401, undefined)
  })
})

describe('verify answers 401 invalid_token', () => {
  const challenge = (description: string): string =>
    `Bearer realm="latchkey", error="invalid_token", error_description="${description}"`

  test.each<[string, () => readonly string[]]>([
    ['only the scheme', () => ['Bearer']],
    ['the scheme and a space', () => ['Bearer ']],
    ['two spaces', () => [`Bearer  ${integration.live.predict}`]],
    ['two tokens', () => [`Bearer ${integration.live.predict} ${integration.live.predict}`]],
    ['a comma', () => [`Bearer ${integration.live.predict},`]],
    ['quotation marks', () => [`Bearer "${integration.live.predict}"`]],
    ['a token over 4 KiB', () => [`Bearer ${'a'.repeat(5000)}`]],
    ['two headers', () => [bearer(), bearer()]],
    ['a good header before a bad one', () => [bearer(), 'Bearer x']],
    ['a bad header before a good one', () => ['Basic YTpi', bearer()]],
  ])('for a malformed token, never 400: %s', async (_what, authorizations) => {
    const answer = await asking(authorizations())
    expectRefused(answer, 401, 'malformed')
    expect(headerOf(answer, 'www-authenticate')).toBe(challenge('The token is malformed'))
  })

  test('for a superseded token, with the time of the supersession', async () => {
    const own = await server.integration()
    const first = await server.token(own)
    const second = await server.token(own)
    const answer = await asking([bearer(first)])
    expectRefused(answer, 401, 'superseded')
    const at = new Date(Number(decodeJwt(second).iat) * 1000).toISOString().replace('.000Z', 'Z')
    expect(headerOf(answer, 'www-authenticate')).toBe(challenge(`The token was superseded by a newer one at ${at}`))
  })

  test('for a superseded token, without the time of the supersession if the server no longer knows it', async () => {
    const own = await server.integration()
    const first = await server.token(own)
    await server.token(own)
    await server.token(own)
    const answer = await asking([bearer(first)])
    expect(headerOf(answer, 'www-authenticate')).toBe(challenge('The token was superseded by a newer one'))
  })

  test('for a superseded token, each of five times in a row', async () => {
    const own = await server.integration()
    for (let time = 0; time < 5; time++) {
      const [old, live] = [await server.token(own), await server.token(own)]
      expectRefused(await asking([bearer(old)]), 401, 'superseded')
      expect((await asking([bearer(live)])).status).toBe(200)
    }
  })

  test('for a revoked token', async () => {
    const own = await server.integration()
    const token = await server.token(own)
    await server.revoke(own, token)
    const answer = await asking([bearer(token)])
    expectRefused(answer, 401, 'revoked')
    expect(headerOf(answer, 'www-authenticate')).toBe(challenge('The token was revoked'))
  })

  test('for an ended token, even if the token is also for another scope than the required one', async () => {
    const own = await server.integration()
    const first = await server.token(own, MODEL)
    await server.token(own, MODEL)
    expectRefused(await asking([bearer(first)], { below: `?scope=${PREDICT}` }), 401, 'superseded')
  })
})

describe('verify answers 403 insufficient_scope', () => {
  test('with the name of the required scope', async () => {
    const answer = await asking([bearer()], { below: `?scope=${MODEL}` })
    expectRefused(answer, 403, 'insufficient_scope')
    expect(headerOf(answer, 'www-authenticate')).toMatch(new RegExp(`error="insufficient_scope".*, scope="${MODEL}"$`))
  })

  test.each([
    ['the query of the application names another scope too', `/app?scope=${PREDICT}&scope=${MODEL}`],
    ['the same the other way round', `?scope=${MODEL}&scope=${PREDICT}`],
    ['the scope was left empty', '?scope='],
    ['two scopes stand in one parameter', `?scope=${PREDICT}+${MODEL}`],
    ['the name is encoded', `?%73cope=${MODEL}`],
    ['it cannot be a scope', '?scope=%22%5C%0D%0A'],
    ['the case is another', `?scope=${PREDICT.toUpperCase()}`],
  ])('when %s', async (_what, below) => {
    expectRefused(await asking([bearer()], { below }), 403, 'insufficient_scope')
  })
})
