// RFC 7523, JWT Profile for OAuth 2.0 Client Authentication, and RFC 7521, its framework.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aPlatform, made } from '../a-platform.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, assertionForm, type Json, register, type Sender } from '../client-assertions.ts'

let server: TestServer
let integration: TestIntegration
let sender: Sender

beforeAll(async () => {
  server = await startTestServer()
  integration = await server.integration()
  const key = aClientKey('ES256')
  await register(server, integration.clientId, key)
  sender = { clientId: integration.clientId, issuer: server.issuer, key }
})
afterAll(() => server.stop())

const send = (assertion: string, more: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${server.issuer}/v1/token`, {
    method: 'POST',
    body: assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT, ...more }),
  })

const statusOf = async (claims: Json, header: Json = {}): Promise<number> =>
  (await send(anAssertion(sender, claims, header))).status

test('RFC7521-4.2-1: client_assertion_type and client_assertion authenticate the client', async () => {
  expect((await send(anAssertion(sender))).status).toBe(200)
})

test('RFC7521-4.2-2: client_id may be absent, and must name the same client if it is present', async () => {
  expect((await send(anAssertion(sender), { client_id: sender.clientId })).status).toBe(200)
  expect((await send(anAssertion(sender), { client_id: 'lkanotherclient0' })).status).toBe(400)
})

test('RFC7521-4.2.1-1: an unusable assertion is answered with invalid_client', async () => {
  const answer = await send('no assertion')
  expect([answer.status, ((await answer.json()) as Json)['error']]).toEqual([401, 'invalid_client'])
})

test('RFC7521-5.2-1: an assertion that the client did not sign names an issuer that this server trusts', async () => {
  const known = aPlatform(server, { name: 'known', platform: 'oidc' })
  const other = aPlatform(server, { name: 'other', platform: 'oidc' })
  await made(server, 'POST', '/issuers', known.registration)
  const claims = [{ claim: ['sub'], equals: 'worker' }]
  await made(server, 'POST', `/integrations/${integration.id}/credentials`, { kind: 'trust', issuer: 'known', claims })
  expect((await send(known.sign({ sub: 'worker' }))).status).toBe(200)
  expect((await send(other.sign({ sub: 'worker' }))).status).toBe(401)
  expect((await send(other.sign({ sub: 'worker', iss: known.url }))).status).toBe(401)
})

test('RFC7523-2.2-1: client_assertion_type is jwt-bearer, and the assertion is a single JWT', async () => {
  const other = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }
  expect((await send(anAssertion(sender), other)).status).toBe(400)
  expect((await send(`${anAssertion(sender)} ${anAssertion(sender)}`)).status).toBe(401)
})

test('RFC7523-3-1: iss and sub are required, and both are the client ID', async () => {
  for (const claims of [{ iss: undefined }, { sub: undefined }, { iss: 'lkanotherclient0' }, { sub: 'someone' }]) {
    expect(await statusOf(claims), JSON.stringify(claims)).toBe(401)
  }
})

test('RFC7523-3-2: aud identifies this server, compared character by character', async () => {
  for (const aud of [undefined, `${server.issuer}/`, server.issuer.toUpperCase(), 'https://other.example']) {
    expect(await statusOf({ aud }), String(aud)).toBe(401)
  }
})

test('RFC7523-3-3: exp is required, and an expired assertion is refused, with an allowance for clock skew', async () => {
  const now = Math.floor(Date.now() / 1000)
  expect(await statusOf({ exp: undefined })).toBe(401)
  expect(await statusOf({ iat: now - 120, exp: now - 60 })).toBe(401)
  expect(await statusOf({ iat: now - 60, exp: now - 5 })).toBe(200)
})

test('RFC7523-3-4: an exp that is unreasonably far in the future may be refused', async () => {
  const now = Math.floor(Date.now() / 1000)
  expect(await statusOf({ iat: now, exp: now + 86_400 })).toBe(401)
})

test('RFC7523-3-5: an assertion is not accepted before its nbf', async () => {
  const now = Math.floor(Date.now() / 1000)
  expect(await statusOf({ nbf: now + 50 })).toBe(401)
  expect(await statusOf({ nbf: now - 5 })).toBe(200)
})

test('RFC7523-3-6: the server accepts each jti once for as long as the assertion is valid', async () => {
  const assertion = anAssertion(sender)
  expect([(await send(assertion)).status, (await send(assertion)).status]).toEqual([200, 401])
})

test('RFC7523-3-7: an assertion with an invalid signature is refused', async () => {
  const assertion = anAssertion({ ...sender, key: { ...aClientKey('ES256'), kid: sender.key.kid } })
  expect((await send(assertion)).status).toBe(401)
})

test('RFC7523-3.2-1: the answer to an unusable assertion is invalid_client, and its description may say why', async () => {
  const answer = await send(anAssertion(sender, { aud: 'https://other.example' }))
  expect(await answer.json()).toMatchObject({
    error: 'invalid_client',
    error_description: expect.stringContaining(server.issuer) as unknown,
  })
})
