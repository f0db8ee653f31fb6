// POST /admin/v1/integrations/{id}/tokens/{scope} and /admin/v1/tokens/verify: an operator tries out an integration.
import { expect, test } from 'vitest'
import { aServer, MODEL, PREDICT, type TestIntegration, type TestServer } from '../a-server.ts'

const post = (server: TestServer, path: string, body?: object, key = server.adminKey.reveal()): Promise<Response> =>
  fetch(`${server.adminUrl}/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

const request = ({ id }: TestIntegration, scope: string): string => `/integrations/${id}/tokens/${scope}`
const answerOf = async (response: Response) => (await response.json()) as Record<string, unknown>

async function aKey(server: TestServer, role: string): Promise<string> {
  const made = await post(server, '/admin-keys', { name: role, role })
  return String((await answerOf(made))['admin_key'])
}

test('an operator gets a token as the client would, the live token ends, and the answer names both tokens', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const before = await server.token(integration, PREDICT)
  const other = await server.token(integration, MODEL)
  const response = await post(server, request(integration, PREDICT))
  expect(response.status).toBe(201)
  expect(response.headers.get('cache-control')).toContain('no-store')
  const answer = await answerOf(response)
  expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: PREDICT, kind: 'issued' })
  expect(answer['superseded']).toEqual({ jti: jtiOf(before), generation: expect.any(Number) as number })
  expect(await server.verify(String(answer['access_token']), PREDICT)).toEqual({ status: 200, reason: null })
  expect(await server.verify(before)).toEqual({ status: 401, reason: 'superseded' })
  expect(await server.verify(other)).toEqual({ status: 200, reason: null })
})

test('the audit trail records the request with actor and scope, but without token and secret', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const secret = integration.clientSecret.reveal()
  const { access_token: token } = await answerOf(
    await post(server, request(integration, PREDICT), { client_secret: secret }),
  )
  const trail = await fetch(`${server.adminUrl}/admin/v1/audit`, {
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })
  const text = await trail.text()
  expect(text).not.toContain(secret)
  expect(text).not.toContain(String(token))
  expect((JSON.parse(text) as { items: unknown[] }).items[0]).toMatchObject({
    event: 'token.requested',
    target: { kind: 'integration', id: integration.id },
    after: { scope: PREDICT },
  })
  const history = await fetch(`${server.adminUrl}/admin/v1${request(integration, PREDICT)}`, {
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })
  expect(await history.json()).toMatchObject({ history: [{ requests: 1, requesters: [{ address: '127.0.0.1' }] }] })
})

test('a refusal has the full reason, and the live token stays live', async () => {
  const server = await aServer()
  const integration = await server.integration({ scopes: [PREDICT] })
  const live = await server.token(integration, PREDICT)
  const refused = async (path: string, body?: object) => {
    const response = await post(server, path, body)
    return { status: response.status, ...(await answerOf(response)) }
  }
  const own = request(integration, PREDICT)
  expect(await refused(own, { client_secret: 'lks_guessed' })).toMatchObject({
    status: 422,
    code: 'token_request_refused',
    detail: 'The client secret is not a valid secret of this integration.',
  })
  expect(await refused(request(integration, MODEL))).toMatchObject({ status: 422, code: 'token_request_refused' })
  expect(await refused(request(integration, 'no.such.scope'))).toMatchObject({ detail: 'There is no such scope.' })
  expect(await refused('/integrations/int_none/tokens/none')).toMatchObject({ code: 'unknown_integration' })
  expect(await server.verify(live)).toEqual({ status: 200, reason: null })
  await post(server, `/integrations/${integration.id}/disable`)
  expect(await refused(own)).toMatchObject({ detail: 'The integration is disabled. Enable it first.' })
})

test('on a server that shows secrets only once, the operator must send the secret', async () => {
  const server = await aServer({ env: { LATCHKEY_SECRET_REVEAL: 'never' } })
  const integration = await server.integration()
  const without = await post(server, request(integration, PREDICT))
  expect(await answerOf(without)).toMatchObject({ status: 409, code: 'secret_not_kept' })
  const body = { client_secret: integration.clientSecret.reveal() }
  expect((await post(server, request(integration, PREDICT), body)).status).toBe(201)
})

test('a viewer may see the answer of verify, but may not request a token', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const viewer = await aKey(server, 'viewer')
  expect((await post(server, request(integration, PREDICT), undefined, viewer)).status).toBe(403)
  const token = await server.token(integration, PREDICT)
  const verify = async (scope?: string) =>
    answerOf(await post(server, '/tokens/verify', { token, ...(scope !== undefined && { scope }) }, viewer))
  expect(await verify(PREDICT)).toEqual({ status: 200, reason: null, challenge: null })
  expect(await verify(MODEL)).toMatchObject({ status: 403, reason: 'insufficient_scope' })
  await server.token(integration, PREDICT)
  const superseded = await verify(PREDICT)
  expect(superseded).toMatchObject({ status: 401, reason: 'superseded' })
  expect(superseded['challenge']).toMatch(/^Bearer realm="latchkey", error="invalid_token"/)
})

const jtiOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti
