// POST /v1/introspect: the state of a token, for its own client and for resource servers.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration, expectNeverStored, type WatchedIntegration } from '../watched-integration.ts'
import { changing } from '../changing.ts'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const target = (query = ''): string => `${under(server.issuer, '/v1/introspect')}${query}`
const errorOf = (answer: RawAnswer): unknown => [answer.status, jsonOf(answer)['error']]

const asking = (body: string, caller: TestIntegration = integration): RawRequest => ({
  target: target(),
  headers: [['Authorization', caller.basic], FORM],
  body,
})

describe('a live token', () => {
  test('is active, and described by its claims', async () => {
    const answer = await ask(server.publicUrl, asking(`token=${integration.live.predict}`))
    const { jti, iat, exp, gen } = decodeJwt(integration.live.predict)
    expect(jsonOf(answer)).toEqual({
      active: true,
      scope: PREDICT,
      client_id: integration.clientId,
      token_type: 'Bearer',
      exp,
      iat,
      sub: integration.clientId,
      aud: 'api://default',
      iss: server.issuer,
      jti,
      gen,
    })
    expect(headerOf(answer, 'content-type')).toBe('application/json')
    expectNeverStored(answer)
  })

  test.each(['access_token', 'refresh_token', 'pat', ''])('is found with any hint: %j', async (hint) => {
    const answer = await ask(server.publicUrl, asking(`token=${integration.live.predict}&token_type_hint=${hint}`))
    expect(jsonOf(answer)['active']).toBe(true)
  })

  test('is active for a caller that sends its credentials in the body', async () => {
    const { clientId, clientSecret, live } = integration
    const body = `token=${live.model}&client_id=${clientId}&client_secret=${clientSecret.reveal()}`
    expect(jsonOf(await ask(server.publicUrl, { target: target(), headers: [FORM], body }))['active']).toBe(true)
  })
})

describe('every other token is answered with {"active":false} and nothing else:', () => {
  const expectInactive = async (token: string, caller: TestIntegration = integration): Promise<void> => {
    const answer = await ask(server.publicUrl, asking(`token=${encodeURIComponent(token)}`, caller))
    expect([answer.status, answer.body]).toEqual([200, '{"active":false}'])
  }

  test.each([
    ['a word', 'x'],
    ['JSON', '{"active":true}'],
    ['three dots', '...'],
    ['NUL-free binary', '\u0001\u00ff'],
    ['4000 letters', 'A'.repeat(4000)],
  ])('%s', async (_what, token) => expectInactive(token))

  test('a superseded token', async () => {
    const own = await server.integration()
    const first = await server.token(own)
    await server.token(own)
    await expectInactive(first, own)
  })

  test('a revoked token', async () => {
    const own = await server.integration()
    const token = await server.token(own)
    await server.revoke(own, token)
    await expectInactive(token, own)
  })

  test('a live token of another integration', async () => {
    await expectInactive(integration.live.predict, await server.integration())
  })
})

describe('an integration that is a resource server', () => {
  test('sees tokens of other integrations, but only for the scopes of its resource-server right', async () => {
    const api = await server.integration({ scopes: [MODEL], resourceServer: true })
    expect(await server.introspect(api, integration.live.model)).toMatchObject({ active: true, scope: MODEL })
    expect(await server.introspect(api, integration.live.predict)).toEqual({ active: false })
  })

  test('needs the resource-server right: the right to request tokens of a scope is not enough', async () => {
    const client = await server.integration({ scopes: [MODEL] })
    expect(await server.introspect(client, integration.live.model)).toEqual({ active: false })
  })

  test('sees no tokens of other integrations from the next request after losing the right', async () => {
    const api = await server.integration({ resourceServer: true })
    expect(await server.introspect(api, integration.live.model)).toMatchObject({ active: true })
    await server.integrations.change(api.clientId, ...changing({ kind: 'set_resource_server', scopes: [] }))
    expect(await server.introspect(api, integration.live.model)).toEqual({ active: false })
  })
})

describe('introspection refuses, and the live tokens stay:', () => {
  test('a caller without credentials', async () => {
    const answer = await integration.refused({
      target: target(),
      headers: [FORM],
      body: `token=${integration.live.model}`,
    })
    expect(errorOf(answer)).toEqual([401, 'invalid_client'])
    expect(headerOf(answer, 'www-authenticate')).toBe('Basic realm="latchkey"')
  })

  test('a caller with a wrong secret', async () => {
    const other = await server.integration()
    const basic = `Basic ${Buffer.from(`${integration.clientId}:${other.clientSecret.reveal()}`).toString('base64')}`
    expect(errorOf(await integration.refused(asking('token=x', { ...integration, basic })))).toEqual([
      401,
      'invalid_client',
    ])
  })

  test('a caller who authenticates with an access token', async () => {
    const basic = `Bearer ${integration.live.model}`
    expect(errorOf(await integration.refused(asking('token=x', { ...integration, basic })))).toEqual([
      401,
      'invalid_client',
    ])
  })

  test.each(['', 'token=', 'token', 'access_token=x', 'Token=x'])('a body without a token: %j', async (body) => {
    expect(errorOf(await integration.refused(asking(body)))).toEqual([400, 'invalid_request'])
  })

  test('a token in the query', async () => {
    const request = { ...asking(''), target: target(`?token=${integration.live.model}`) }
    const answer = await integration.refused(request)
    expect(errorOf(answer)).toEqual([400, 'invalid_request'])
    expect(answer.body).not.toContain(integration.live.model)
  })

  test.each([
    ['two tokens', 'token=x&token=x', 400],
    ['a token over 4 KiB', `token=${'A'.repeat(4096)}`, 400],
    ['a token that is not percent-encoded UTF-8', 'token=%FF', 400],
    ['a body over 16 KiB', 'a=b&'.repeat(5000), 413],
  ])('%s', async (_what, body, status) => {
    expect(errorOf(await integration.refused(asking(body)))).toEqual([status, 'invalid_request'])
  })

  test('JSON', async () => {
    const headers = [
      ['Authorization', integration.basic],
      ['Content-Type', 'application/json'],
    ] as const
    const answer = await integration.refused({ target: target(), headers, body: '{"token":"x"}' })
    expect(errorOf(answer)).toEqual([415, 'invalid_request'])
  })

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('the method %s', async (method) => {
    const answer = await integration.refused({ ...asking(`token=${integration.live.model}`), method })
    expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, 'POST'])
  })
})
