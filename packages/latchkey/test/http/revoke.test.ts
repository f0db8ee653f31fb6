// POST /v1/revoke: a client ends its own token, and no other.
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
const target = (query = ''): string => `${under(server.issuer, '/v1/revoke')}${query}`
const errorOf = (answer: RawAnswer): unknown => [answer.status, jsonOf(answer)['error']]

const revoking = (body: string, caller: TestIntegration): RawRequest => ({
  target: target(),
  headers: [['Authorization', caller.basic], FORM],
  body,
})

const LIVE = { status: 200, reason: null }

describe('revocation answers 200 with an empty body', () => {
  test('for the live token, which is refused at the next check, while the token of another scope stays live', async () => {
    const own = await server.integration()
    const [predict, model] = [await server.token(own, PREDICT), await server.token(own, MODEL)]
    const answer = await ask(server.publicUrl, revoking(`token=${predict}`, own))
    expect([answer.status, answer.body]).toEqual([200, ''])
    expectNeverStored(answer)
    expect(await server.verify(predict)).toEqual({ status: 401, reason: 'revoked' })
    expect(await server.introspect(own, predict)).toEqual({ active: false })
    expect(await server.verify(model, MODEL)).toEqual(LIVE)
  })

  test('for the same token a second time', async () => {
    const own = await server.integration()
    const token = await server.token(own)
    for (let time = 0; time < 3; time++) expect((await server.revoke(own, token)).status).toBe(200)
    expect(await server.verify(token)).toEqual({ status: 401, reason: 'revoked' })
  })

  test.each([
    ['garbage', 'x'],
    ['an empty JSON object', '%7B%7D'],
    ['4000 letters', 'A'.repeat(4000)],
  ])('for %s, but has no effect', async (_what, token) => {
    const answer = await ask(server.publicUrl, revoking(`token=${token}`, integration))
    expect([answer.status, answer.body]).toEqual([200, ''])
    await integration.expectBothLive()
  })

  test.each(['access_token', 'refresh_token', 'anything', ''])('for any hint: %j', async (hint) => {
    const own = await server.integration()
    const token = await server.token(own)
    const answer = await ask(server.publicUrl, revoking(`token=${token}&token_type_hint=${hint}`, own))
    expect(answer.status).toBe(200)
    expect((await server.verify(token)).reason).toBe('revoked')
  })

  test('for credentials in the body', async () => {
    const { clientId, clientSecret, ...own } = await server.integration()
    const token = await server.token({ ...own, clientId, clientSecret })
    const body = `token=${token}&client_id=${clientId}&client_secret=${clientSecret.reveal()}`
    expect((await ask(server.publicUrl, { target: target(), headers: [FORM], body })).status).toBe(200)
    expect((await server.verify(token)).reason).toBe('revoked')
  })
})

test('a late revocation of a superseded token never ends the newer token', async () => {
  const own = await server.integration()
  const first = await server.token(own)
  const second = await server.token(own)
  expect((await server.revoke(own, first)).status).toBe(200)
  expect(await server.verify(second, PREDICT)).toEqual(LIVE)
})

test('a late revocation of a revoked token does not end a newer token', async () => {
  const own = await server.integration()
  const first = await server.token(own)
  await server.revoke(own, first)
  const second = await server.token(own)
  expect((await server.revoke(own, first)).status).toBe(200)
  expect(await server.verify(second, PREDICT)).toEqual(LIVE)
  expect(await server.verify(first)).toEqual({ status: 401, reason: 'revoked' })
})

test('racing revocations of the old token never end the newest token', async () => {
  const own = await server.integration()
  let current = await server.token(own)
  for (let round = 0; round < 20; round++) {
    const [next] = await Promise.all([server.token(own), server.revoke(own, current)])
    expect(await server.verify(current)).toMatchObject({ status: 401 })
    expect(await server.verify(next, PREDICT)).toEqual(LIVE)
    current = next
  }
})

describe('revocation refuses, and the live tokens stay:', () => {
  test('the token of another client', async () => {
    const stranger = await server.integration({ resourceServer: true })
    const answer = await integration.refused(revoking(`token=${integration.live.predict}`, stranger))
    expect(errorOf(answer)).toEqual([400, 'invalid_request'])
  })

  test('a caller without credentials', async () => {
    const answer = await integration.refused({
      target: target(),
      headers: [FORM],
      body: `token=${integration.live.model}`,
    })
    expect(errorOf(answer)).toEqual([401, 'invalid_client'])
    expect(headerOf(answer, 'www-authenticate')).toBe('Basic realm="latchkey"')
  })

  test('a caller with the token but without the secret', async () => {
    const bearer = { ...integration, basic: `Bearer ${integration.live.model}` }
    const answer = await integration.refused(revoking(`token=${integration.live.model}`, bearer))
    expect(errorOf(answer)).toEqual([401, 'invalid_client'])
  })

  test.each(['', 'token=', 'access_token=x'])('a body without a token: %j', async (body) => {
    expect(errorOf(await integration.refused(revoking(body, integration)))).toEqual([400, 'invalid_request'])
  })

  test('a token in the query', async () => {
    const request = { ...revoking('', integration), target: target(`?token=${integration.live.model}`) }
    expect(errorOf(await integration.refused(request))).toEqual([400, 'invalid_request'])
  })

  test('a token sent twice', async () => {
    const token = `token=${integration.live.model}`
    expect(errorOf(await integration.refused(revoking(`${token}&${token}`, integration)))).toEqual([
      400,
      'invalid_request',
    ])
  })

  test('a body with the token in JSON', async () => {
    const headers = [
      ['Authorization', integration.basic],
      ['Content-Type', 'application/json'],
    ] as const
    const body = JSON.stringify({ token: integration.live.model })
    expect(errorOf(await integration.refused({ target: target(), headers, body }))).toEqual([415, 'invalid_request'])
  })

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('the method %s', async (method) => {
    const answer = await integration.refused({ ...revoking(`token=${integration.live.model}`, integration), method })
    expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, 'POST'])
  })

  test('a caller whose integration is disabled', async () => {
    const own = await server.integration()
    const token = await server.token(own)
    await server.integrations.change(own.clientId, ...changing({ kind: 'disable' }))
    expect(errorOf(await integration.refused(revoking(`token=${token}`, own)))).toEqual([401, 'invalid_client'])
  })
})
