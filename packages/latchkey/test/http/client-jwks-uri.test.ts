// Integrations whose public keys the server fetches from a jwks_uri.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Secret } from '@latchkey/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { aFolder } from '../a-folder.ts'
import { aKeyServer, type KeyServer } from '../a-key-server.ts'
import { made } from '../a-platform.ts'
import { aServer, PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, assertionForm, type Json, type TestKey } from '../client-assertions.ts'
import { admin, startFleet } from '../postgres/replicas.ts'

const [FIRST, SECOND] = [aClientKey('ES256', 'first'), aClientKey('RS256', 'second')]

/**
 * A server of keys with a certificate that this process trusts, because a jwks_uri cannot have certificate authorities
 * of its own.
 */
async function aTrustedKeyServer(...keys: readonly TestKey[]): Promise<KeyServer> {
  const keyServer = await aKeyServer({ name: '127.0.0.1' })
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, keyServer.certificate.cert])
  onTestFinished(() => {
    setDefaultCACertificates(before)
  })
  publish(keyServer, ...keys)
  return keyServer
}

const publish = (keyServer: KeyServer, ...keys: readonly TestKey[]): void => {
  keyServer.publish({ keys: keys.map(({ jwk }) => jwk) }, { 'cache-control': 'max-age=3600' })
}

const aFetchingServer = (clock = new TestClock()) =>
  aServer({ clock, env: { LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.1' } })

const uriOf = ({ origin }: KeyServer): string => `${origin}/jwks.json?client=billing`

const pathOf = ({ id }: TestIntegration): string => `/integrations/${id}/credentials`

const addUri = (server: TestServer, integration: TestIntegration, uri: string, more: Json = {}): Promise<Json> =>
  made(server, 'POST', pathOf(integration), { kind: 'jwks_uri', uri, ...more })

const tokenBy = (server: TestServer, { clientId }: TestIntegration, key: TestKey, now?: number): Promise<Response> =>
  fetch(`${server.at}/v1/token`, {
    method: 'POST',
    body: assertionForm(anAssertion({ clientId, issuer: server.issuer, key, ...(now !== undefined && { now }) }), {
      grant_type: 'client_credentials',
      scope: PREDICT,
    }),
  })

const statusBy = async (...args: Parameters<typeof tokenBy>): Promise<number> => (await tokenBy(...args)).status

test('a client gets a token with a key that its jwks_uri publishes, and an assertion is used once', async () => {
  const [server, keyServer] = [await aFetchingServer(), await aTrustedKeyServer(FIRST)]
  const integration = await server.integration()
  const added = await addUri(server, integration, uriOf(keyServer), { max_lifetime: 60 })
  expect(added).toMatchObject({
    ...{ kind: 'jwks_uri', status: 'active', uri: uriOf(keyServer), max_lifetime: 60 },
    ...{ algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'], last_used: null },
    key_state: { kids: ['first'], last_error: null },
  })
  expect(String(added['id'])).toMatch(/^src_/)
  const { clientId } = integration
  const assertion = anAssertion({ clientId, issuer: server.issuer, key: FIRST })
  const ask = () =>
    fetch(`${server.issuer}/v1/token`, {
      method: 'POST',
      body: assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT }),
    })
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 401])
  expect(keyServer.requests).toEqual(['/jwks.json?client=billing'])
  const { items } = await made(server, 'GET', pathOf(integration))
  expect(items).toMatchObject([{ id: added['id'], last_used: { address: '127.0.0.1' } }])
  const { history } = await made(server, 'GET', `/integrations/${integration.id}/tokens/${PREDICT}`)
  expect(history).toMatchObject([{ requesters: [{ credential_id: added['id'], method: 'private_key_jwt' }] }])
})

test('an assertion with the key of another client, a forbidden algorithm or a long lifetime gets no token', async () => {
  const [server, keyServer] = [await aFetchingServer(), await aTrustedKeyServer(FIRST, SECOND)]
  const integration = await server.integration()
  await addUri(server, integration, uriOf(keyServer), { algorithms: ['ES256'] })
  const now = Math.floor(Date.now() / 1000)
  const long = anAssertion({ clientId: integration.clientId, issuer: server.issuer, key: FIRST }, { exp: now + 400 })
  const answer = await fetch(`${server.issuer}/v1/token`, { method: 'POST', body: assertionForm(long) })
  expect(answer.status).toBe(401)
  for (const key of [SECOND, aClientKey('ES256', 'first'), aClientKey('ES256', 'other')]) {
    expect(await statusBy(server, integration, key)).toBe(401)
  }
  expect(await statusBy(server, integration, FIRST)).toBe(200)
})

test('a key that is published later is accepted after a fetch in the background, and no request waits for it', async () => {
  const clock = new TestClock()
  const [server, keyServer] = [await aFetchingServer(clock), await aTrustedKeyServer(FIRST)]
  const integration = await server.integration()
  await addUri(server, integration, uriOf(keyServer))
  publish(keyServer, SECOND)
  expect(await statusBy(server, integration, SECOND, clock.now())).toBe(401)
  expect(keyServer.requests).toHaveLength(1)
  clock.advance(31)
  expect(await statusBy(server, integration, SECOND, clock.now())).toBe(401)
  await expect.poll(() => statusBy(server, integration, SECOND, clock.now())).toBe(200)
  expect(keyServer.requests).toHaveLength(2)
  expect(await statusBy(server, integration, FIRST, clock.now())).toBe(401)
})

test('while the server cannot fetch the keys, the client gets 503 and operators see why, and later the client gets a token', async () => {
  const clock = new TestClock()
  const [server, keyServer] = [await aFetchingServer(clock), await aTrustedKeyServer(FIRST)]
  const integration = await server.integration()
  await keyServer.stop()
  const added = await addUri(server, integration, uriOf(keyServer))
  expect(added).toMatchObject({ key_state: { kids: [], last_error: 'connection_failed', fetched_at: null } })
  const answer = await tokenBy(server, integration, FIRST, clock.now())
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  await keyServer.start()
  await expect
    .poll(() => {
      clock.advance(1)
      return statusBy(server, integration, FIRST, clock.now())
    })
    .toBe(200)
})

test('a jwks_uri at an address that the server must not connect to gets no connection', async () => {
  const [server, keyServer] = [await aServer(), await aTrustedKeyServer(FIRST)]
  const integration = await server.integration()
  for (const uri of [uriOf(keyServer), uriOf(keyServer).replace('127.0.0.1', '[::ffff:127.0.0.1]')]) {
    const { id, key_state: state } = await addUri(server, integration, uri)
    expect(state).toMatchObject({ last_error: 'address_forbidden' })
    expect(await statusBy(server, integration, FIRST)).toBe(503)
    await made(server, 'POST', `${pathOf(integration)}/${String(id)}/end`)
  }
  expect(keyServer.requests).toEqual([])
})

test.each([
  'http://a.test/jwks',
  'https://user:pass@a.test/jwks',
  'https://a.test/jwks#k',
  'file:///etc/passwd',
  'jwks',
])('the URL %s is refused', async (uri) => {
  const server = await aServer()
  const answer = await admin(server, 'POST', pathOf(await server.integration()), { kind: 'jwks_uri', uri })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/uri' }] })
})

test('an integration has keys or one jwks_uri, and never both', async () => {
  const [server, keyServer] = [await aFetchingServer(), await aTrustedKeyServer(FIRST)]
  const [fetched, keyed] = [await server.integration(), await server.integration()]
  const uri = { kind: 'jwks_uri', uri: uriOf(keyServer) }
  const key = { kind: 'key', jwk: SECOND.jwk }
  await made(server, 'POST', pathOf(fetched), uri)
  await made(server, 'POST', pathOf(keyed), key)
  for (const [integration, body] of [
    [fetched, uri],
    [fetched, key],
    [keyed, uri],
  ] as const) {
    const answer = await admin(server, 'POST', pathOf(integration), body)
    expect([answer.status, ((await answer.json()) as Json)['code']]).toEqual([409, 'jwks_uri_beside_keys'])
  }
  const both = { name: 'Both', scopes: [PREDICT], credentials: [key, uri] }
  const answer = await admin(server, 'POST', '/integrations', both)
  expect([answer.status, ((await answer.json()) as Json)['code']]).toEqual([409, 'jwks_uri_beside_keys'])
})

test('after an operator ends a jwks_uri, the server accepts none of its keys and does not fetch them again', async () => {
  const clock = new TestClock()
  const [server, keyServer] = [await aFetchingServer(clock), await aTrustedKeyServer(FIRST)]
  const integration = await server.integration()
  const { id } = await addUri(server, integration, uriOf(keyServer))
  const ended = await made(server, 'POST', `${pathOf(integration)}/${String(id)}/end`)
  expect(ended).toMatchObject({ status: 'ended', key_state: null, uri: uriOf(keyServer) })
  clock.advance(3600)
  expect(await statusBy(server, integration, FIRST, clock.now())).toBe(401)
  expect(keyServer.requests).toHaveLength(1)
  await made(server, 'POST', pathOf(integration), { kind: 'key', jwk: FIRST.jwk })
  expect(await statusBy(server, integration, FIRST, clock.now())).toBe(200)
})

test('a new integration takes a jwks_uri and gets no secret', async () => {
  const [server, keyServer] = [await aFetchingServer(), await aTrustedKeyServer(FIRST)]
  const integration = await made(server, 'POST', '/integrations', {
    ...{ name: 'Billing', scopes: [PREDICT] },
    credentials: [{ kind: 'jwks_uri', uri: uriOf(keyServer) }],
  })
  expect(integration).not.toHaveProperty('client_secret')
  expect(integration).toMatchObject({ authentication_methods: ['private_key_jwt'] })
  const client = { id: String(integration['id']), clientId: String(integration['client_id']) } as TestIntegration
  await expect.poll(() => statusBy(server, client, FIRST)).toBe(200)
})

test('after a restart the server fetches the keys without a request, and the client gets a token', async () => {
  const keyServer = await aTrustedKeyServer(FIRST)
  const dataDir = aFolder()
  const env = { LATCHKEY_DATA_DIR: dataDir, LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.1' }
  const before = await startTestServer({ env })
  const integration = await before.integration()
  await addUri(before, integration, uriOf(keyServer))
  await before.stop()
  const after = await aServer({ env })
  await expect.poll(() => keyServer.requests.length).toBe(2)
  await expect.poll(() => statusBy(after, integration, FIRST)).toBe(200)
})

describe.skipIf(!has('postgresql'))('at two servers', () => {
  test('a jwks_uri that was added at one server authenticates the client at the other, until the jwks_uri is ended', async () => {
    const fleet = await startFleet(2, { env: { LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.1' } })
    onTestFinished(() => fleet.stop())
    const [one, two] = fleet.servers
    if (one === undefined || two === undefined) throw new Error('two servers are needed')
    const keyServer = await aTrustedKeyServer(FIRST)
    const integration = await one.integration()
    const { id } = await addUri(one, integration, uriOf(keyServer))
    await expect.poll(() => statusBy(two, integration, FIRST)).toBe(200)
    await made(one, 'POST', `${pathOf(integration)}/${String(id)}/end`)
    expect(await statusBy(two, integration, FIRST)).toBe(401)
  })
})

test('only an owner chooses where the server fetches keys; an editor can end it', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const { admin_key: key } = await made(server, 'POST', '/admin-keys', { name: 'Editor', role: 'editor' })
  const asEditor = { ...server, adminKey: new Secret(String(key)) }
  const source = { uri: 'https://127.0.0.1:9/jwks' }
  const credential = { kind: 'jwks_uri', ...source }
  const entry = { name: 'Declared', scopes: [PREDICT] }
  for (const [path, body, pointer] of [
    [pathOf(integration), credential, '/uri'],
    ['/integrations', { ...entry, credentials: [credential] }, '/credentials/0'],
    ['/apply', { integrations: [{ ...entry, jwks_uri: source }] }, '/integrations/0/jwks_uri'],
  ] as const) {
    const answer = await admin(asEditor, 'POST', path, body)
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { code: 'role_too_low', detail: `Your role is editor, but ${pointer} needs the role owner.` },
    ])
  }
  const { id } = await addUri(server, integration, source.uri)
  await made(asEditor, 'POST', `${pathOf(integration)}/${String(id)}/end`)
  await made(asEditor, 'POST', '/apply', { integrations: [{ ...entry, jwks_uri: null }] })
})
