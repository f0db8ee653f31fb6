// RFC 8414, OAuth 2.0 Authorization Server Metadata.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, claimsOf, register, signedWithHmac } from '../client-assertions.ts'
import { ask, headerOf, jsonOf, under } from '../raw-http.ts'

let server: TestServer
let metadata: Record<string, unknown>

beforeAll(async () => {
  server = await startTestServer()
  metadata = jsonOf(await get(inserted()))
})

afterAll(() => server.stop())

const inserted = (): string => `/.well-known/oauth-authorization-server${under(server.issuer, '')}`
const get = (target: string, method = 'GET') => ask(server.publicUrl, { method, target })

test('RFC8414-2-1: issuer is the URL of the server without query and fragment', async () => {
  const { search, hash, href } = new URL(String(metadata['issuer']))
  expect([search, hash, href]).toEqual(['', '', server.issuer])
})

test('RFC8414-2-2: the metadata names the endpoints, and the URL of each begins with the issuer', async () => {
  for (const name of ['token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint']) {
    expect(String(metadata[name]).startsWith(`${server.issuer}/`), name).toBe(true)
    expect(
      (await fetch(String(metadata[name]), { method: name === 'jwks_uri' ? 'GET' : 'POST' })).status,
      name,
    ).not.toBe(404)
  }
  expect(metadata).not.toHaveProperty('authorization_endpoint')
})

test('RFC8414-2-3: the metadata has the required member response_types_supported, although it is empty', () => {
  expect(metadata['response_types_supported']).toEqual([])
})

test('RFC8414-2-4: grant_types_supported names client_credentials alone, because its default is two other grants', () => {
  expect(metadata['grant_types_supported']).toEqual(['client_credentials'])
})

test('RFC8414-2-5: the listed authentication methods work, and no other method does', async () => {
  const { clientId, clientSecret, basic } = await server.integration()
  const key = aClientKey()
  await register(server, clientId, key)
  const endpoint = String(metadata['token_endpoint'])
  const grant = { grant_type: 'client_credentials', scope: PREDICT }
  const post = async (form: Record<string, string>, headers: Record<string, string> = {}) =>
    (await fetch(endpoint, { method: 'POST', headers, body: new URLSearchParams({ ...grant, ...form }) })).status
  const statuses: Record<string, number> = {
    client_secret_basic: await post({}, { authorization: basic }),
    client_secret_post: await post({ client_id: clientId, client_secret: clientSecret.reveal() }),
    private_key_jwt: await post({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: anAssertion({ clientId, issuer: server.issuer, key }),
    }),
    client_secret_jwt: await post({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signedWithHmac({}, claimsOf({ clientId, issuer: server.issuer, key }), clientSecret.reveal()),
    }),
    none: await post({ client_id: clientId }),
  }
  const working = Object.keys(statuses).filter((method) => statuses[method] === 200)
  for (const name of ['token', 'introspection', 'revocation']) {
    expect(metadata[`${name}_endpoint_auth_methods_supported`]).toEqual(working)
  }
})

test('RFC8414-2-6: scopes_supported names every scope', () => {
  expect(metadata['scopes_supported']).toEqual([MODEL, PREDICT])
})

test('RFC8414-3-1: the metadata URL has the well-known path between the host and the path of the issuer', async () => {
  expect((await get(inserted())).status).toBe(200)
})

test('RFC8414-3-2: the metadata is also served at the issuer URL with the well-known path appended', async () => {
  const { body } = await get(inserted())
  for (const name of ['oauth-authorization-server', 'openid-configuration']) {
    expect((await get(under(server.issuer, `/.well-known/${name}`))).body).toBe(body)
  }
})

test('RFC8414-3.1-1: clients read the metadata with GET', async () => {
  expect((await get(inserted())).status).toBe(200)
  expect((await get(inserted(), 'POST')).status).toBe(405)
})

test('RFC8414-3.2-1: the metadata response is 200 with one JSON object', async () => {
  const answer = await get(inserted())
  expect([answer.status, headerOf(answer, 'content-type')]).toEqual([200, 'application/json'])
  expect(Object.getPrototypeOf(jsonOf(answer))).toBe(Object.prototype)
})

test('RFC8414-3.2-2: no member of the metadata is empty except the required response_types_supported', () => {
  const empty = Object.keys(metadata).filter(
    (name) =>
      [undefined, null, ''].includes(metadata[name] as null) || (metadata[name] as { length?: number }).length === 0,
  )
  expect(empty).toEqual(['response_types_supported'])
})

test('RFC8414-3.3-1: issuer equals, byte for byte, the issuer in the metadata URL', () => {
  const origin = new URL(server.publicUrl).origin
  expect(`${origin}${inserted().replace('/.well-known/oauth-authorization-server', '')}`).toBe(metadata['issuer'])
})
