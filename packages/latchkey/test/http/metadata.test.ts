// The metadata documents and the key set, which verifiers and clients read to configure themselves.
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf, type RawAnswer, type RawRequest, under } from '../raw-http.ts'
import { aWatchedIntegration } from '../watched-integration.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

const get = (target: string, request: Omit<RawRequest, 'target'> = {}): Promise<RawAnswer> =>
  ask(server.publicUrl, { method: 'GET', ...request, target })

const PLACES = [
  ['under the issuer', () => under(server.issuer, '/.well-known/oauth-authorization-server')],
  ['under the issuer, by its OpenID name', () => under(server.issuer, '/.well-known/openid-configuration')],
  ['between host and path of the issuer', () => `/.well-known/oauth-authorization-server${under(server.issuer, '')}`],
] as const
const keys = (): string => under(server.issuer, '/v1/keys')

test('the metadata describes the server, and every URL starts with the issuer', async () => {
  const answer = await get(PLACES[0][1]())
  const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
  const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
  expect(jsonOf(answer)).toEqual({
    issuer: server.issuer,
    token_endpoint: `${server.issuer}/v1/token`,
    jwks_uri: `${server.issuer}/v1/keys`,
    introspection_endpoint: `${server.issuer}/v1/introspect`,
    revocation_endpoint: `${server.issuer}/v1/revoke`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    request_uri_parameter_supported: false,
    latchkey_conditional_issuance_supported: true,
    scopes_supported: [MODEL, PREDICT],
  })
})

test('the metadata is identical at all three paths', async () => {
  const answers = await Promise.all(PLACES.map(([, place]) => get(place())))
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
  expect(new Set(answers.map((answer) => headerOf(answer, 'etag'))).size).toBe(1)
})

test('Host and X-Forwarded-Host do not change the issuer in the metadata', async () => {
  const [, place] = PLACES[0]
  const headers = [
    ['X-Forwarded-Host', 'attacker.example'],
    ['X-Forwarded-Proto', 'https'],
  ] as const
  expect((await get(`http://attacker.example${place()}`, { headers })).body).toBe((await get(place())).body)
})

test('each endpoint that the metadata names exists', async () => {
  const metadata = jsonOf(await get(PLACES[0][1]()))
  const statuses = ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint'].map(async (name) => {
    const response = await fetch(String(metadata[name]), { method: 'POST' })
    return response.status
  })
  expect(await Promise.all(statuses)).toEqual([401, 400, 400].map(() => 401))
  expect((await fetch(String(metadata['jwks_uri']))).status).toBe(200)
})

test('the key set has only public members, and its keys verify the tokens', async () => {
  const document = jsonOf(await get(keys())) as { keys: Record<string, string>[] }
  expect(document.keys.map((key) => Object.keys(key).toSorted())).toEqual([
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
  ])
  expect(document.keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
  const token = await server.token(await server.integration())
  const verified = await jwtVerify(token, createLocalJWKSet(document), {
    issuer: server.issuer,
    audience: 'api://default',
    typ: 'at+jwt',
  })
  expect(verified.protectedHeader.kid).toBe(document.keys[0]?.['kid'])
})

describe.each([...PLACES, ['of the keys', keys] as const])('the document %s', (_name, place) => {
  test('may be cached for five minutes', async () => {
    const answer = await get(place())
    expect([answer.status, headerOf(answer, 'content-type')]).toEqual([200, 'application/json'])
    expect(headerOf(answer, 'cache-control')).toBe('public, max-age=300')
    expect(headerOf(answer, 'x-content-type-options')).toBe('nosniff')
    expect(headerOf(answer, 'etag')).toMatch(/^"[\w-]{43}"$/)
  })

  test.each<[string, (etag: string) => string]>([
    ['its own tag', (etag) => etag],
    ['a weak form of its tag', (etag) => `W/${etag}`],
    ['a list with its tag', (etag) => `"a", ${etag} , "b"`],
    ['an asterisk', () => '*'],
  ])('is answered with 304 if the caller sends %s', async (_how, condition) => {
    const etag = headerOf(await get(place()), 'etag') ?? ''
    const answer = await get(place(), { headers: [['If-None-Match', condition(etag)]] })
    expect([answer.status, answer.body, headerOf(answer, 'etag')]).toEqual([304, '', etag])
    expect(headerOf(answer, 'cache-control')).toBe('public, max-age=300')
  })

  test('is sent in full to a caller that has another version', async () => {
    expect((await get(place(), { headers: [['If-None-Match', '"another"']] })).status).toBe(200)
  })

  test('has the same headers for HEAD, and no body', async () => {
    const [full, head] = [await get(place()), await get(place(), { method: 'HEAD' })]
    expect(head.body).toBe('')
    expect(headerOf(head, 'content-length')).toBe(headerOf(full, 'content-length'))
    expect(headerOf(head, 'etag')).toBe(headerOf(full, 'etag'))
  })

  test('accepts only GET and HEAD', async () => {
    const integration = await aWatchedIntegration(server)
    const answer = await integration.refused({ method: 'POST', target: place() })
    expect([answer.status, headerOf(answer, 'allow')]).toEqual([405, 'GET, HEAD'])
  })
})

test('there is no OpenID configuration at the root of the host, because the server is not an identity provider', async () => {
  expect((await get('/.well-known/openid-configuration')).status).toBe(404)
})
