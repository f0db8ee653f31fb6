// Trusted issuers whose keys a server fetches by HTTPS: discovery, changes of the keys, and outages of the issuer.
import { expect, test } from 'vitest'
import { aKeyServer, type KeyServer } from '../a-key-server.ts'
import { aPlatform, made, podClaims, podRule, type TestPlatform, tokenOf } from '../a-platform.ts'
import { aServer, TestClock } from '../a-server.ts'
import { aClientKey, type Json } from '../client-assertions.ts'

const STALE_SECONDS = 600
/** The keys of the test issuers are fresh for a minute. */
const FRESH = { 'cache-control': 'max-age=60' }

/**
 * Makes a server, the issuer of a cluster and an integration. The server fetches the issuer's keys, whose first `kid`
 * is `first-1`. The integration trusts the pods of the cluster.
 */
async function aFetchedIssuer(keysOf: (origin: string) => Json = () => ({ source: 'discovery' })) {
  const clock = new TestClock()
  const events: unknown[] = []
  const issuer = await aKeyServer({ name: '127.0.0.1' })
  const server = await aServer({
    clock,
    env: { LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.1' },
    logged: ({ event }) => events.push(event),
  })
  const platform = aPlatform(server, { name: 'first', url: issuer.origin })
  publish(issuer, [platform])
  const { id } = await made(server, 'POST', '/issuers', {
    ...platform.registration,
    ...{ keys: keysOf(issuer.origin), tls_ca: issuer.certificate.cert, stale_seconds: STALE_SECONDS },
  })
  const integration = await server.integration()
  await made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule(platform.name))
  const now = () => ({ iat: clock.now(), nbf: clock.now(), exp: clock.now() + 3600 })
  /** Requests a token with an assertion that the key signs. */
  const ask = (key = platform.key): Promise<Response> =>
    tokenOf(server, platform.sign({ ...podClaims(), ...now() }, { kid: key.kid }, key))
  const isLogged = (event: string): boolean => events.includes(event)
  return { clock, issuer, server, platform, path: `/issuers/${String(id)}`, ask, isLogged }
}

/** Publishes the keys of these platforms as the keys of one issuer, with its discovery document. */
function publish(issuer: KeyServer, keys: readonly Pick<TestPlatform, 'key'>[]): void {
  issuer.answer((request, response) => {
    const document =
      request.url === '/.well-known/openid-configuration'
        ? { issuer: issuer.origin, jwks_uri: `${issuer.origin}/keys` }
        : { keys: keys.map(({ key }) => ({ ...key.jwk, use: 'sig' })) }
    response.writeHead(200, { 'content-type': 'application/json', ...FRESH }).end(JSON.stringify(document))
  })
}

const statusOf = async (answer: Promise<Response>): Promise<readonly [status: number, retryAfter: number]> => {
  const { status, headers } = await answer
  return [status, Number(headers.get('retry-after'))]
}

/**
 * Sends a request, and advances the clock by the `Retry-After` of the answer. After that time the server asks the
 * issuer again.
 */
async function oneBackOff(clock: TestClock, ask: () => Promise<Response>): Promise<void> {
  const [, retryAfter] = await statusOf(ask())
  clock.advance(retryAfter)
}

test('the first assertion of an issuer waits for the discovery document and the keys, and the next assertion does not wait', async () => {
  const { ask, issuer, server, path, platform } = await aFetchedIssuer()
  expect(issuer.requests).toEqual([])
  expect(await statusOf(ask())).toEqual([200, 0])
  expect(await statusOf(ask())).toEqual([200, 0])
  expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys'])
  expect(await made(server, 'GET', path)).toMatchObject({ key_state: { kids: [platform.key.kid], last_error: null } })
})

test('the server requests no discovery document from an issuer with a jwks_uri', async () => {
  const { ask, issuer } = await aFetchedIssuer((origin) => ({ source: 'jwks_uri', uri: `${origin}/jwks?tenant=1` }))
  expect(await statusOf(ask())).toEqual([200, 0])
  expect(issuer.requests).toEqual(['/jwks?tenant=1'])
})

test('a key that the issuer adds is accepted after one fetch, which 200 requests share', async () => {
  const { ask, issuer, clock, platform } = await aFetchedIssuer()
  expect(await statusOf(ask())).toEqual([200, 0])
  const added = { key: aClientKey('RS256', 'second-1') }
  expect(await statusOf(ask(added.key))).toEqual([401, 0])
  publish(issuer, [platform, added])
  clock.advance(31)
  const before = issuer.requests.length
  const answers = await Promise.all(Array.from({ length: 200 }, () => statusOf(ask(added.key))))
  expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]))
  expect(issuer.requests.slice(before)).toEqual(['/.well-known/openid-configuration', '/keys'])
})

test('a key that the issuer removes signs nothing after the next fetch', async () => {
  const { ask, issuer, server, path, platform } = await aFetchedIssuer()
  expect(await statusOf(ask())).toEqual([200, 0])
  const other = { key: aClientKey('RS256', 'second-1') }
  publish(issuer, [other])
  await made(server, 'POST', `${path}/refresh`)
  expect(await statusOf(ask(platform.key))).toEqual([401, 0])
  expect(await statusOf(ask(other.key))).toEqual([200, 0])
})

test('while an issuer is down, the server uses its known keys for stale_seconds, and answers assertions with unknown keys with 503', async () => {
  const { ask, issuer, clock, isLogged } = await aFetchedIssuer()
  const unknown = aClientKey('RS256', 'second-1')
  expect(await statusOf(ask())).toEqual([200, 0])
  await issuer.stop()
  expect(await statusOf(ask())).toEqual([200, 0])

  clock.advance(61)
  expect(await statusOf(ask())).toEqual([200, 0])
  expect(isLogged('key_source.stale')).toBe(true)
  const [status, retryAfter] = await statusOf(ask(unknown))
  expect(status).toBe(503)
  expect(retryAfter).toBeGreaterThan(0)

  clock.advance(STALE_SECONDS)
  expect((await ask()).status).toBe(503)
  expect(isLogged('key_source.unavailable')).toBe(true)

  await issuer.start()
  await oneBackOff(clock, ask)
  expect(await statusOf(ask())).toEqual([200, 0])
  expect(isLogged('key_source.recovered')).toBe(true)
  expect(await statusOf(ask(unknown))).toEqual([401, 0])
})

test('until the server has reached an issuer, it answers the assertions of the issuer with 503 and Retry-After', async () => {
  const { ask, issuer, clock } = await aFetchedIssuer()
  await issuer.stop()
  const [status, retryAfter] = await statusOf(ask())
  expect(status).toBe(503)
  expect(retryAfter).toBeGreaterThan(0)
  await issuer.start()
  await oneBackOff(clock, ask)
  expect(await statusOf(ask())).toEqual([200, 0])
})

test('if a discovery document names another issuer, its keys are not used, and operators see why', async () => {
  const { ask, issuer, server, path } = await aFetchedIssuer()
  issuer.publish({ issuer: `${issuer.origin}/`, jwks_uri: `${issuer.origin}/keys` })
  expect((await ask()).status).toBe(503)
  expect(issuer.requests).toEqual(['/.well-known/openid-configuration'])
  expect(await made(server, 'GET', path)).toMatchObject({ key_state: { kids: [], last_error: 'issuer_differs' } })
})
