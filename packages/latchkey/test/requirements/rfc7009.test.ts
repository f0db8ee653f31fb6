// RFC 7009, OAuth 2.0 Token Revocation.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { bareEndpoints, valueOf } from '../bare-endpoints.ts'
import { ask, headerOf, jsonOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'

let server: TestServer
let integration: TestIntegration
let watched: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await server.integration()
  watched = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const request = (body: string, caller: TestIntegration): RawRequest => ({
  target: under(server.issuer, '/v1/revoke'),
  headers: [FORM, ['Authorization', caller.basic]],
  body,
})
const errorOf = (answer: RawAnswer) => [answer.status, jsonOf(answer)['error']]

test('RFC7009-2-1: the metadata names the revocation endpoint, which accepts POST', async () => {
  const metadata = (await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()) as Record<
    string,
    string
  >
  expect(metadata['revocation_endpoint']).toBe(`${server.issuer}/v1/revoke`)
  const answer = await watched.refused({ ...request(`token=${watched.live.predict}`, watched), method: 'GET' })
  expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, 'POST'])
})

test('RFC7009-2.1-1: the token parameter is required', async () => {
  for (const body of ['', 'token=', 'token_type_hint=access_token']) {
    expect(errorOf(await watched.refused(request(body, watched)))).toEqual([400, 'invalid_request'])
  }
})

test('RFC7009-2.1-2: a wrong or unknown token_type_hint does not prevent the server from finding the token', async () => {
  for (const hint of ['refresh_token', 'id_token', 'x']) {
    const token = await server.token(integration)
    await ask(server.publicUrl, request(`token=${token}&token_type_hint=${hint}`, integration))
    expect((await server.verify(token)).reason).toBe('revoked')
  }
})

test('RFC7009-2.1-3: the client is authenticated first', async () => {
  const body = `token=${watched.live.predict}`
  expect(errorOf(await watched.refused({ ...request(body, watched), headers: [FORM] }))).toEqual([
    401,
    'invalid_client',
  ])
  const stranger = { ...watched, basic: 'Basic YTpi' }
  expect(errorOf(await watched.refused(request(body, stranger)))).toEqual([401, 'invalid_client'])
})

test('RFC7009-2.1-4: the token of another client is not revoked, and the request is refused', async () => {
  const answer = await watched.refused(request(`token=${watched.live.predict}`, integration))
  expect(errorOf(answer)).toEqual([400, 'invalid_request'])
})

test('RFC7009-2.1-5: a revoked token is inactive from the next check on', async () => {
  const token = await server.token(integration)
  await server.revoke(integration, token)
  expect(await server.verify(token, PREDICT)).toEqual({ status: 401, reason: 'revoked' })
  expect(await server.introspect(integration, token)).toEqual({ active: false })
})

test('RFC7009-2.2-1: a revocation is answered with 200', async () => {
  const token = await server.token(integration)
  expect((await server.revoke(integration, token)).status).toBe(200)
})

test('RFC7009-2.2-2: revoking an invalid token is answered with 200 too', async () => {
  const dead = await server.token(integration)
  await server.revoke(integration, dead)
  for (const token of [dead, 'x', 'a.b.c']) expect((await server.revoke(integration, token)).status).toBe(200)
})

test('RFC7009-2.2.1-1: errors have the format of RFC 6749, and unsupported_token_type is never sent', async () => {
  const answer = await watched.refused(request('token=a&token=b', watched))
  expect(Object.keys(jsonOf(answer))).toEqual(['error', 'error_description'])
  const hinted = await ask(server.publicUrl, request('token=x&token_type_hint=urn:unheard', integration))
  expect(hinted.status).toBe(200)
})

test('RFC7009-2.2.1-2: if the token may still be live, the server answers 503 with Retry-After', async () => {
  const { ask: requested, disk, integration: made } = await bareEndpoints()
  const { basic } = await made()
  const { body } = await requested({
    path: `/v1/token?scope=${PREDICT}&grant_type=client_credentials`,
    headers: [basic],
  })
  const { access_token: token } = JSON.parse(body) as { access_token: string }
  const underWay = disk.hold()
  const revoking = requested({ path: '/v1/revoke', headers: [basic, FORM], body: `token=${token}` })
  await underWay
  disk.fail('lost')
  const answer = await revoking
  expect([answer.status, valueOf(answer, 'Retry-After')]).toEqual([503, '1'])
  disk.comeBack()
})
