// RFC 9068, JWT Profile for OAuth 2.0 Access Tokens.
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../a-server.ts'
import { signedWith } from '../forged-tokens.ts'
import { signingKeyOf } from '../opened-store.ts'

let server: TestServer
let integration: TestIntegration
let token: string

beforeAll(async () => {
  server = await startTestServer({ env: { LATCHKEY_SIGNING_ALG: 'RS256' } })
  integration = await server.integration()
  token = await server.token(integration)
})

afterAll(() => server.stop())

test('RFC9068-2.1-1: the typ header of an access token is at+jwt', () => {
  expect(decodeProtectedHeader(token).typ).toBe('at+jwt')
})

test('RFC9068-2.1-2: access tokens are signed, and the server supports RS256', () => {
  expect(decodeProtectedHeader(token).alg).toBe('RS256')
})

test('RFC9068-2.2-1: an access token has iss, exp, aud, sub, client_id, iat and jti', () => {
  const { iss, exp, aud, sub, client_id, iat, jti } = decodeJwt(token)
  expect({ iss, aud, sub, client_id }).toEqual({
    iss: server.issuer,
    aud: 'api://default',
    sub: integration.clientId,
    client_id: integration.clientId,
  })
  expect(Number(exp) - Number(iat)).toBe(3600)
  expect(jti).toMatch(/^[0-9a-f-]{36}$/)
})

test('RFC9068-2.2-2: sub identifies the client, and cannot be mistaken for a user', () => {
  const { sub, client_id: clientId } = decodeJwt(token)
  expect(sub).toBe(clientId)
  expect(sub).toMatch(/^lk[a-z0-9]{14}$/)
})

test('RFC9068-2.2-3: every token has a different jti', async () => {
  const jtis = [token, await server.token(await server.integration()), await server.token(await server.integration())]
  expect(new Set(jtis.map((text) => decodeJwt(text).jti)).size).toBe(3)
})

test('RFC9068-2.2.3-1: the scope claim names the granted scope', () => {
  expect(decodeJwt(token)['scope']).toBe(PREDICT)
})

test('RFC9068-3-1: a request without resource gets the audience of its scope, as a single string', () => {
  expect(decodeJwt(token).aud).toBe('api://default')
})

test('RFC9068-4-1: a resource server verifies tokens with the published keys and the documented algorithm', async () => {
  const metadata = (await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()) as Record<
    string,
    string
  >
  const keys = createRemoteJWKSet(new URL(metadata['jwks_uri'] ?? ''))
  const expected = { issuer: server.issuer, audience: 'api://default', typ: 'at+jwt', algorithms: ['RS256'] }
  expect((await jwtVerify(token, keys, expected)).payload.sub).toBe(integration.clientId)
})

test('RFC9068-4-2: introspection refuses a token with a wrong typ, iss, aud, alg or signature, and an expired token', async () => {
  const env = { LATCHKEY_DATA_DIR: aFolder() }
  const clock = new TestClock()
  await (await startTestServer({ env })).stop()
  const key = await signingKeyOf(env.LATCHKEY_DATA_DIR)
  const own = await startTestServer({ env, clock })
  const good = await own.token(await own.integration())
  const [header, claims] = [decodeProtectedHeader(good), decodeJwt(good)]
  const signed = async (head: object, body: object): Promise<string | null> =>
    (await own.verify(signedWith(key, JSON.stringify(head), JSON.stringify(body)))).reason
  expect({
    nothing: await signed(header, claims),
    typ: await signed({ ...header, typ: 'JWT' }, claims),
    alg: await signed({ ...header, alg: 'none' }, claims),
    iss: await signed(header, { ...claims, iss: `${own.issuer}x` }),
    aud: await signed(header, { ...claims, aud: 'api://another' }),
  }).toEqual({ nothing: null, typ: 'malformed', alg: 'bad_signature', iss: 'bad_signature', aud: 'wrong_audience' })
  expect((await own.verify(`${good.slice(0, -4)}AAAA`)).reason).toBe('bad_signature')
  clock.advance(3600)
  expect((await own.verify(good)).reason).toBe('expired')
  await own.stop()
})
