// A rotation of the signing key under load, with verifiers that have warm caches, and a rotation that continues after a
// kill.
import OktaJwtVerifier from '@okta/jwt-verifier'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, expect, test, vi } from 'vitest'
import { underLoad } from './beside.ts'
import { Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { createIntegration, type Integration, readAdminKey } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer } from './real-server.ts'

const AUDIENCE = 'api://default'
/** Settings for a fast rotation: the next key signs after two seconds, and the old key is retired after five. */
const QUICK = { LATCHKEY_JWKS_MAX_AGE: '1', LATCHKEY_TOKEN_LIFETIME: '5' }
/**
 * When jose sees an unknown key it fetches the keys again, by default at most twice a minute. With the default settings
 * that is enough, because the server publishes a key ten minutes before it signs with the key. The rotation in this test
 * is faster, so the test lets jose fetch more often.
 */
const COOLDOWN_MS = 1000
const MAX_AGE_MS = 1000
const CLIENTS = 4

beforeAll(() => {
  // The Okta verifier prints a warning for each request over plain HTTP, and the servers of these tests speak plain
  // HTTP.
  vi.spyOn(console, 'warn').mockReturnValue()
  return () => vi.restoreAllMocks()
})

async function askOwner(server: RealServer, method: 'GET' | 'POST', path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${readAdminKey(server).reveal()}` }
  const response = await fetch(`${server.adminUrl}/admin/v1/keys${path}`, { method, headers })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}

const rotate = async (server: RealServer): Promise<string> =>
  ((await askOwner(server, 'POST', '/rotate')) as { kid: string }).kid

const publishedKids = async ({ issuer }: RealServer): Promise<string[]> =>
  ((await (await fetch(`${issuer}/v1/keys`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)

const remoteKeys = ({ issuer }: RealServer, cacheMaxAge: number) =>
  createRemoteJWKSet(new URL(`${issuer}/v1/keys`), { cooldownDuration: COOLDOWN_MS, cacheMaxAge })

const secondsLeft = (token: string): number => (decodeJwt(token).exp ?? 0) - Date.now() / 1000

/** The verifiers of several APIs. Each has its own cache, which exists longer than the rotation takes. */
function verifiersOf(server: RealServer) {
  const lasting = remoteKeys(server, Infinity)
  // This verifier has always fetched so recently that it does not fetch again for an unknown key.
  const obedient = remoteKeys(server, MAX_AGE_MS)
  const okta = new OktaJwtVerifier({ issuer: server.issuer, testing: { disableHttpsCheck: true } })
  const expected = { issuer: server.issuer, audience: AUDIENCE }
  return {
    young: async (token: string): Promise<void> => {
      await jwtVerify(token, lasting, expected)
      await jwtVerify(token, obedient, expected)
      await okta.verifyAccessToken(token, AUDIENCE)
    },
    /** A verifier that has just started must accept old tokens too. */
    old: async (token: string): Promise<void> => {
      await jwtVerify(token, lasting, expected)
      await jwtVerify(token, remoteKeys(server, 0), expected)
      await okta.verifyAccessToken(token, AUDIENCE)
    },
  }
}

test('a rotation under load fails no verification by jose or @okta/jwt-verifier with warm caches', async () => {
  const server = await startRealServer({ env: QUICK })
  const [old = ''] = await publishedKids(server)
  const verifiers = verifiersOf(server)
  const failures: unknown[] = []
  const verified = new Map<string, number>()

  const client = async (integration: Integration, isOver: () => boolean): Promise<void> => {
    const connection = new Connection(server)
    const tokens: string[] = []
    while (!isOver()) {
      try {
        const token = await connection.token(integration)
        if ((await connection.verify(token)).status !== 200) failures.push('the server refused its token')
        await verifiers.young(token)
        tokens.push(token)
        // A verifier that checks only the signature accepts a token until it expires, even after the token or its key
        // was revoked.
        while (secondsLeft(tokens[0] ?? '') < 1) tokens.shift()
        await verifiers.old(tokens[0] ?? '')
        const { kid = '' } = decodeProtectedHeader(token)
        verified.set(kid, (verified.get(kid) ?? 0) + 1)
      } catch (cause) {
        failures.push(cause)
      }
    }
    connection.close()
  }
  const integrations = await Promise.all(Array.from({ length: CLIENTS }, () => createIntegration(server)))
  const load = (isOver: () => boolean) => Promise.all(integrations.map((integration) => client(integration, isOver)))
  const next = await underLoad(load, async () => {
    await eventually(() => (verified.get(old) ?? 0) > 2 * CLIENTS, { within: 60_000, what: 'the caches are warm' })
    const kid = await rotate(server)
    expect(await publishedKids(server)).toEqual([old, kid])
    const steps = { within: 60_000, what: 'the next key signs and the one before it leaves' }
    await eventually(async () => (await publishedKids(server)).join() === kid, steps)
    return kid
  })

  expect(failures).toEqual([])
  expect([...verified.keys()]).toEqual([old, next])
  expect(verified.get(next)).toBeGreaterThan(2 * CLIENTS)
})

test('a rotation continues after the server was killed between its steps', async () => {
  const dataDir = aTemporaryFolder()
  // The issuer contains the port, so the port must be the same at each start.
  const env = { ...QUICK, LATCHKEY_PORT: String(await freePort()) }
  const killed = await startRealServer({ dataDir, env })
  const [old = ''] = await publishedKids(killed)
  const next = await rotate(killed)
  killed.kill('SIGKILL')
  await killed.exited

  const again = await startRealServer({ dataDir, env })
  expect((await publishedKids(again)).toSorted()).toEqual([old, next].toSorted())
  const integration = await createIntegration(again)
  const connection = new Connection(again)
  const signs = async (): Promise<boolean> => decodeProtectedHeader(await connection.token(integration)).kid === next
  await eventually(signs, { within: 60_000, what: 'the next key signs' })
  again.kill('SIGKILL')
  await again.exited

  const last = await startRealServer({ dataDir, env })
  const left = async (): Promise<boolean> => (await publishedKids(last)).join() === next
  await eventually(left, { within: 60_000, what: 'the key before it leaves' })
})

test('the server refuses a revoked key at once, and later tokens verify with the keys published then', async () => {
  const server = await startRealServer({ env: { LATCHKEY_JWKS_MAX_AGE: '1' } })
  const integration = await createIntegration(server)
  const connection = new Connection(server)
  const before = await connection.token(integration)
  expect((await connection.verify(before)).status).toBe(200)
  const [leaked = ''] = await publishedKids(server)

  await askOwner(server, 'POST', `/${leaked}/revoke`)
  const refused = await connection.verify(before)
  expect([refused.status, refused.headers['latchkey-reason']]).toEqual([401, 'revoked'])
  expect(await publishedKids(server)).not.toContain(leaked)
  await expect(jwtVerify(before, remoteKeys(server, 0))).rejects.toThrow('no applicable key found')

  const after = await connection.token(integration)
  expect((await connection.verify(after)).status).toBe(200)
  await verifiersOf(server).young(after)
  connection.close()
})
