// RFC 6749, The OAuth 2.0 Authorization Framework: the requirements for a server that supports only the client
// credentials grant.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
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
const ASKED = `grant_type=client_credentials&scope=${PREDICT}`

/** The request of §4.4.2: a form in the body, credentials in the header. */
const request = (body: string, caller: TestIntegration = watched): RawRequest => ({
  target: under(server.issuer, '/v1/token'),
  headers: [FORM, ['Authorization', caller.basic]],
  body,
})
const anonymous = (body: string): RawRequest => ({ ...request(body), headers: [FORM] })
const granted = async (asking: RawRequest): Promise<Record<string, unknown>> => {
  const answer = await ask(server.publicUrl, asking)
  expect(answer.status, answer.body).toBe(200)
  return jsonOf(answer)
}
const errorOf = (answer: RawAnswer) => [answer.status, jsonOf(answer)['error']]
const base64 = (text: string): string => Buffer.from(text).toString('base64')

test('RFC6749-2.3-1: more than one authentication method in a request is refused', async () => {
  const { clientId, clientSecret } = watched
  const body = `${ASKED}&client_id=${clientId}&client_secret=${clientSecret.reveal()}`
  expect(errorOf(await watched.refused(request(body)))).toEqual([400, 'invalid_request'])
})

test('RFC6749-2.3.1-1: the server reads the ID and the secret from HTTP Basic, form-encoded or plain if both are the same', async () => {
  const { clientId, clientSecret } = integration
  const encoded = `%${clientId.charCodeAt(0).toString(16)}${clientId.slice(1)}`
  for (const id of [clientId, encoded]) {
    const basic = `Basic ${base64(`${id}:${clientSecret.reveal()}`)}`
    expect(await granted(request(ASKED, { ...integration, basic }))).toMatchObject({ token_type: 'Bearer' })
  }
})

test('RFC6749-2.3.1-2: the server reads the ID and the secret from the form body', async () => {
  const { clientId, clientSecret } = integration
  const body = `${ASKED}&client_id=${clientId}&client_secret=${clientSecret.reveal()}`
  expect(await granted(anonymous(body))).toMatchObject({ token_type: 'Bearer' })
})

test('RFC6749-2.3.1-3: a secret in the request URI is refused', async () => {
  const { clientId, clientSecret } = watched
  const target = `${under(server.issuer, '/v1/token')}?client_id=${clientId}&client_secret=${clientSecret.reveal()}`
  expect(errorOf(await watched.refused({ ...anonymous(ASKED), target }))).toEqual([400, 'invalid_request'])
})

test('RFC6749-3.2-1: the token endpoint accepts only POST', async () => {
  const answer = await watched.refused({
    ...request(''),
    method: 'GET',
    target: `${under(server.issuer, '/v1/token')}?${ASKED}`,
  })
  expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, 'POST'])
})

test('RFC6749-3.2-2: a parameter without a value counts as omitted', async () => {
  expect(errorOf(await watched.refused(request(`grant_type=&scope=${PREDICT}`)))).toEqual([400, 'invalid_request'])
  expect(await granted(request(`${ASKED}&client_id=&client_secret=`, integration))).toMatchObject({ scope: PREDICT })
})

test('RFC6749-3.2-3: an unrecognised parameter is ignored', async () => {
  expect(await granted(request(`${ASKED}&audit=1&redirect_uri=x`, integration))).toMatchObject({ scope: PREDICT })
})

test('RFC6749-3.2-4: a parameter sent more than once is refused', async () => {
  expect(errorOf(await watched.refused(request(`${ASKED}&scope=${PREDICT}`)))).toEqual([400, 'invalid_request'])
})

test('RFC6749-3.2-5: the URI of the token endpoint has no fragment and no query', async () => {
  const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
  const { token_endpoint: endpoint } = (await response.json()) as { token_endpoint: string }
  expect([new URL(endpoint).hash, new URL(endpoint).search]).toEqual(['', ''])
})

test('RFC6749-3.2.1-1: a client that does not authenticate gets no token', async () => {
  expect(errorOf(await watched.refused(anonymous(`${ASKED}&client_id=${watched.clientId}`)))).toEqual([
    401,
    'invalid_client',
  ])
})

test('RFC6749-3.3-1: scope names are case-sensitive', async () => {
  const answer = await watched.refused(request(`grant_type=client_credentials&scope=${PREDICT.toUpperCase()}`))
  expect(errorOf(answer)).toEqual([400, 'invalid_scope'])
})

test('RFC6749-3.3-2: the token response names the scope of the token', async () => {
  for (const scope of [PREDICT, MODEL]) {
    const { access_token: token, scope: said } = await granted(
      request(`grant_type=client_credentials&scope=${scope}`, integration),
    )
    expect([said, decodeJwt(String(token))['scope']]).toEqual([scope, scope])
  }
})

test('RFC6749-3.3-3: a request without a scope gets the only allowed scope, or is refused if several are allowed', async () => {
  const narrow = await server.integration({ scopes: [MODEL] })
  expect(await granted(request('grant_type=client_credentials', narrow))).toMatchObject({ scope: MODEL })
  expect(errorOf(await watched.refused(request('grant_type=client_credentials')))).toEqual([400, 'invalid_scope'])
})

test('RFC6749-4.4.2-1: grant_type is required and must be client_credentials', async () => {
  expect(errorOf(await watched.refused(request(`scope=${PREDICT}`)))).toEqual([400, 'invalid_request'])
  expect(errorOf(await watched.refused(request(`grant_type=password&scope=${PREDICT}`)))).toEqual([
    400,
    'unsupported_grant_type',
  ])
  expect(await granted(request(ASKED, integration))).toMatchObject({ token_type: 'Bearer' })
})

test('RFC6749-4.4.2-2: the server authenticates the client before it validates the rest of the request', async () => {
  expect(errorOf(await watched.refused(anonymous('grant_type=password&scope=a b')))).toEqual([401, 'invalid_client'])
})

test('RFC6749-4.4.3-1: the token response has no refresh token', async () => {
  expect(Object.keys(await granted(request(ASKED, integration)))).not.toContain('refresh_token')
  expect(errorOf(await watched.refused(request('grant_type=refresh_token&refresh_token=x')))).toEqual([
    400,
    'unsupported_grant_type',
  ])
})

test('RFC6749-5.1-1: the token response is 200 with access_token, token_type, expires_in as a number, and scope', async () => {
  const answer = await ask(server.publicUrl, request(ASKED, integration))
  expect([answer.status, headerOf(answer, 'content-type')]).toEqual([200, 'application/json'])
  const { access_token: token, ...rest } = jsonOf(answer)
  expect(typeof token).toBe('string')
  expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600, scope: PREDICT })
})

test('RFC6749-5.1-2: a response with a token forbids caching', async () => {
  const answer = await ask(server.publicUrl, request(ASKED, integration))
  expect([headerOf(answer, 'cache-control'), headerOf(answer, 'pragma')]).toEqual(['no-store', 'no-cache'])
})

test('RFC6749-5.2-1: an error response is 400 with a JSON object of error and error_description', async () => {
  const answer = await watched.refused(request('grant_type=password'))
  expect([answer.status, headerOf(answer, 'content-type')]).toEqual([400, 'application/json'])
  expect(Object.keys(jsonOf(answer))).toEqual(['error', 'error_description'])
})

test('RFC6749-5.2-2: invalid_client is 401 with a challenge for the scheme that the client used', async () => {
  const basic = `Basic ${base64(`${watched.clientId}:wrong`)}`
  const answer = await watched.refused(request(ASKED, { ...watched, basic }))
  expect(errorOf(answer)).toEqual([401, 'invalid_client'])
  expect(headerOf(answer, 'www-authenticate')).toMatch(/^Basic realm="/)
})

test('RFC6749-5.2-3: invalid_request is the answer to a malformed request', async () => {
  for (const body of [`${ASKED}&a=%`, `${ASKED}&grant_type=client_credentials`, '']) {
    expect(errorOf(await watched.refused(request(body)))).toEqual([400, 'invalid_request'])
  }
})

test('RFC6749-5.2-4: unsupported_grant_type is the answer to any other grant', async () => {
  for (const grant of ['authorization_code', 'implicit', 'Client_Credentials']) {
    expect(errorOf(await watched.refused(request(`grant_type=${grant}`)))).toEqual([400, 'unsupported_grant_type'])
  }
})

test('RFC6749-5.2-5: invalid_scope is the answer to a scope that is unknown, malformed or not granted to the client', async () => {
  for (const scope of ['unknown', '%22', `${PREDICT}%20${MODEL}`]) {
    const answer = await watched.refused(request(`grant_type=client_credentials&scope=${scope}`))
    expect(errorOf(answer)).toEqual([400, 'invalid_scope'])
  }
  const narrow = await server.integration({ scopes: [PREDICT] })
  const beyond = await ask(server.publicUrl, request(`grant_type=client_credentials&scope=${MODEL}`, narrow))
  expect(errorOf(await watched.wasRefused(beyond))).toEqual([400, 'invalid_scope'])
})

test('RFC6749-10.10-1: a client secret cannot be guessed: it holds 192 random bits', async () => {
  const secrets = [integration.clientSecret, watched.clientSecret].map((secret) => secret.reveal())
  for (const secret of secrets) expect(secret).toMatch(/^lks_[A-Za-z0-9_-]{36}$/)
  expect(new Set(secrets).size).toBe(2)
})

test('RFC6749-A.1-1: client_id and client_secret are visible ASCII that needs no encoding in forms, headers or URLs', async () => {
  const { clientId, clientSecret } = integration
  expect(clientId).toMatch(/^[a-z0-9]+$/)
  expect(encodeURIComponent(clientSecret.reveal())).toBe(clientSecret.reveal())
})

test('RFC6749-A.4-1: a scope with a quotation mark, a backslash or a character outside ASCII is refused', async () => {
  for (const scope of ['a%22b', 'a%5Cb', '%C3%A9', 'a%09b', '%20', 'a%20%20b']) {
    const answer = await watched.refused(request(`grant_type=client_credentials&scope=${scope}`))
    expect(errorOf(answer)).toEqual([400, 'invalid_scope'])
  }
})

test('RFC6749-A.8-1: error_description is printable ASCII without quotation marks and backslashes, and repeats no input', async () => {
  const answer = await watched.refused(request('grant_type=%22marker%5C%C3%A9&scope=marker'))
  expect(jsonOf(answer)['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
  expect(answer.body).not.toContain('marker')
})

test('RFC6749-A.12-1: access_token is visible ASCII', async () => {
  expect((await granted(request(ASKED, integration)))['access_token']).toMatch(/^[\x21-\x7e]+$/)
})

test('RFC6749-B-1: the server decodes forms as UTF-8 with %XX, and with + for a space', async () => {
  const encoded = [...'client_credentials'].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
  expect(
    await granted(request(`grant_type=${encoded}&scope=${PREDICT}&note=%E2%82%AC+%C3%A9`, integration)),
  ).toMatchObject({ scope: PREDICT })
  expect(errorOf(await watched.refused(request(`grant_type=client_credentials&scope=${PREDICT}+${MODEL}`)))).toEqual([
    400,
    'invalid_scope',
  ])
  expect(errorOf(await watched.refused(request(`${ASKED}&note=%C0%AF`)))).toEqual([400, 'invalid_request'])
})
