// OpenID Connect Discovery 1.0: the requirements for a reader of an issuer's discovery document.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aKeyServer, type KeyServer } from '../a-key-server.ts'
import { aPlatform, made, type TestPlatform, tokenOf } from '../a-platform.ts'
import { startTestServer, type TestServer } from '../a-server.ts'
import type { Json } from '../client-assertions.ts'
import { admin } from '../postgres/replicas.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ env: { LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.1' } })
})
afterAll(() => server.stop())

let count = 0

interface Discovered {
  readonly keys: KeyServer
  readonly platform: TestPlatform
  /** Requests a token with an assertion in which these claims replace the usual ones. */
  readonly ask: (claims?: Json) => Promise<number>
}

/** An issuer with its keys at `/keys`. In its discovery document these members replace the right ones. */
async function anIssuer(
  path: string,
  members: (origin: string) => Json = () => ({}),
  status = 200,
): Promise<Discovered> {
  const keys = await aKeyServer({ name: '127.0.0.1' })
  const platform = aPlatform(server, {
    name: `issuer-${String(++count)}`,
    platform: 'oidc',
    url: `${keys.origin}${path}`,
  })
  keys.answer((request, response) => {
    const isSet = request.url === '/keys'
    const document = { issuer: platform.url, jwks_uri: `${keys.origin}/keys`, ...members(keys.origin) }
    response.writeHead(isSet ? 200 : status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isSet ? { keys: [platform.key.jwk] } : document))
  })
  const own = { keys: { source: 'discovery' }, tls_ca: keys.certificate.cert }
  await made(server, 'POST', '/issuers', { ...platform.registration, ...own })
  const { id } = await server.integration()
  const claims = [{ claim: ['sub'], equals: 'worker' }]
  await made(server, 'POST', `/integrations/${id}/credentials`, { kind: 'trust', issuer: platform.name, claims })
  return {
    ...{ keys, platform },
    ask: async (given = {}) => (await tokenOf(server, platform.sign({ sub: 'worker', ...given }))).status,
  }
}

test('OIDCD-3-1: a jwks_uri without https gives no keys', async () => {
  const { ask, keys } = await anIssuer('', (origin) => ({ jwks_uri: origin.replace('https:', 'http:') }))
  expect(await ask()).toBe(503)
  expect(keys.requests).toEqual(['/.well-known/openid-configuration'])
})

test('OIDCD-3-2: an issuer without https, or with a query or a fragment, cannot be registered', async () => {
  const { registration } = aPlatform(server, { name: 'unusable', platform: 'oidc' })
  for (const url of ['http://issuer.test', 'https://issuer.test?tenant=1', 'https://issuer.test#one']) {
    expect((await admin(server, 'POST', '/issuers', { ...registration, url })).status, url).toBe(400)
  }
  expect((await admin(server, 'POST', '/issuers', registration)).status).toBe(201)
})

test('OIDCD-4.1-1: the document is below the issuer, and a / at the end of the issuer is left out', async () => {
  for (const path of ['', '/tenant', '/tenant/']) {
    const { ask, keys } = await anIssuer(path)
    expect(await ask()).toBe(200)
    expect(keys.requests).toEqual([`${path.replace(/\/$/, '')}/.well-known/openid-configuration`, '/keys'])
  }
})

test('OIDCD-4.2-1: a document with another status than 200 gives no keys', async () => {
  for (const status of [201, 302, 404, 500]) {
    const { ask, keys } = await anIssuer('', () => ({}), status)
    expect(await ask(), String(status)).toBe(503)
    expect(keys.requests).toEqual(['/.well-known/openid-configuration'])
  }
})

test('OIDCD-4.3-1: a document with another issuer gives no keys', async () => {
  for (const other of ['/', '/other', '?', '#']) {
    const { ask, keys } = await anIssuer('', (origin) => ({ issuer: `${origin}${other}` }))
    expect(await ask(), other).toBe(503)
    expect(keys.requests).toEqual(['/.well-known/openid-configuration'])
  }
})

test('OIDCD-4.3-2: the iss of an assertion is the issuer, compared character by character', async () => {
  const { ask, platform } = await anIssuer('')
  expect(await ask()).toBe(200)
  for (const iss of [`${platform.url}/`, platform.url.replace('https', 'HTTPS')]) expect(await ask({ iss })).toBe(401)
})
