// RFC 7662, OAuth 2.0 Token Introspection.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'

let server: TestServer
let watched: WatchedIntegration
let api: TestIntegration
const clock = new TestClock()

beforeAll(async () => {
  server = await startTestServer({ clock })
  watched = await aWatchedIntegration(server)
  api = await server.integration({ scopes: [PREDICT], resourceServer: true })
})

afterAll(() => server.stop())

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const request = (body: string, caller: TestIntegration = api): RawRequest => ({
  target: under(server.issuer, '/v1/introspect'),
  headers: [FORM, ['Authorization', caller.basic]],
  body,
})
const introspected = (token: string, caller = api) => ask(server.publicUrl, request(`token=${token}`, caller))
const errorOf = (answer: RawAnswer) => [answer.status, jsonOf(answer)['error']]

test('RFC7662-2.1-1: the introspection endpoint accepts a form by POST with the parameter token', async () => {
  expect(jsonOf(await introspected(watched.live.predict))['active']).toBe(true)
  expect(errorOf(await watched.refused(request('')))).toEqual([400, 'invalid_request'])
  expect((await watched.refused({ ...request(''), method: 'GET' })).status).toBe(405)
})

test('RFC7662-2.1-2: token_type_hint has no effect on introspection', async () => {
  const answer = await ask(server.publicUrl, request(`token=${watched.live.predict}&token_type_hint=refresh_token`))
  expect(jsonOf(answer)['active']).toBe(true)
})

test('RFC7662-2.1-3: introspection requires client authentication, so that no attacker can scan for tokens', async () => {
  const body = `token=${watched.live.predict}`
  expect(errorOf(await watched.refused({ ...request(body), headers: [FORM] }))).toEqual([401, 'invalid_client'])
})

test('RFC7662-2.2-1: the introspection response is JSON with active as a boolean, and must not be cached', async () => {
  for (const [token, active] of [
    [watched.live.predict, true],
    ['x', false],
  ] as const) {
    const answer = await introspected(token)
    expect([answer.status, headerOf(answer, 'content-type'), jsonOf(answer)['active']]).toEqual([
      200,
      'application/json',
      active,
    ])
    expect(headerOf(answer, 'cache-control')).toBe('no-store')
  }
})

test('RFC7662-2.2-2: a live token is described by scope, client_id, token_type, exp, iat, sub, aud, iss and jti', async () => {
  const { exp, iat, aud, iss, jti, gen } = decodeJwt(watched.live.predict)
  const { clientId } = watched
  expect(jsonOf(await introspected(watched.live.predict))).toEqual({
    active: true,
    scope: PREDICT,
    client_id: clientId,
    token_type: 'Bearer',
    sub: clientId,
    exp,
    iat,
    aud,
    iss,
    jti,
    // A member of Latchkey's own: the number that orders the tokens of one client and scope.
    gen,
  })
})

test('RFC7662-2.2-3: the response for an inactive token has only the member active, whatever the reason', async () => {
  const integration = await server.integration()
  const superseded = await server.token(integration)
  const revoked = await server.token(integration)
  await server.revoke(integration, revoked)
  for (const token of ['x', 'a.b.c', superseded, revoked, `${watched.live.predict.slice(0, -4)}AAAA`]) {
    expect((await introspected(token)).body).toBe('{"active":false}')
  }
})

test('RFC7662-2.2-4: the response is inactive if the caller may not introspect the token', async () => {
  const stranger = await server.integration()
  expect((await introspected(watched.live.predict, stranger)).body).toBe('{"active":false}')
  expect((await introspected(watched.live.model, api)).body).toBe('{"active":false}')
  expect(jsonOf(await introspected(watched.live.model, watched))).toMatchObject({ active: true, scope: MODEL })
})

test('RFC7662-2.3-1: wrong credentials of the caller are answered 401 in the format of RFC 6749', async () => {
  const answer = await watched.refused(request(`token=${watched.live.predict}`, { ...api, basic: 'Basic YTpi' }))
  expect(errorOf(answer)).toEqual([401, 'invalid_client'])
  expect(headerOf(answer, 'www-authenticate')).toMatch(/^Basic realm="/)
})

test('RFC7662-2.3-2: introspecting an inactive token is not an error', async () => {
  expect((await introspected('x')).status).toBe(200)
})

test('RFC7662-4-1: every introspection checks expiry, revocation and signature', async () => {
  const integration = await server.integration()
  const token = await server.token(integration)
  expect(jsonOf(await introspected(token))['active']).toBe(true)
  const [head, payload, signature = ''] = token.split('.')
  const resigned = `${head ?? ''}.${payload ?? ''}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  expect(jsonOf(await introspected(resigned))['active']).toBe(false)
  clock.advance(3600)
  expect(jsonOf(await introspected(token))['active']).toBe(false)
  clock.step(-3600)
})

test('RFC7662-4-2: a token in the URI is refused, because URIs are logged', async () => {
  const target = `${under(server.issuer, '/v1/introspect')}?token=${watched.live.predict}`
  expect(errorOf(await watched.refused({ ...request(''), target }))).toEqual([400, 'invalid_request'])
})
