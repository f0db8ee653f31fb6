// What a refused assertion means for a manager that signs its assertions itself.
import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { freePort } from '../../../../e2e/free-port.ts'
import { anHttpProxy } from '../../../../e2e/http-proxy.ts'
import { aServer, PREDICT } from '../../../latchkey/test/a-server.ts'
import { aClientKey, register } from '../../../latchkey/test/client-assertions.ts'
import { createTokenManager, memoryStore } from '../../src/index.ts'
import { aManager } from '../a-manager.ts'
import { answer, aReferenceServer } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

const isTokenRequest = (path: string | undefined): boolean => path?.endsWith('/v1/token') ?? false

/** A server with one integration that has a key, behind a proxy. */
async function aServerBehindAProxy() {
  const proxy = await anHttpProxy()
  proxy.target = await freePort()
  const env = { LATCHKEY_PORT: String(proxy.target), LATCHKEY_PUBLIC_URL: proxy.url }
  const server = await aServer({ env })
  const { clientId } = await server.integration()
  const key = aClientKey('ES256')
  await register(server, clientId, key)
  return { proxy, server, clientId, key, assertions: () => proxy.requests.filter(({ path }) => isTokenRequest(path)) }
}

test('if a proxy sends a token request twice, the manager gets its token with one more request', async () => {
  const { proxy, server, clientId, key, assertions } = await aServerBehindAProxy()
  const credentials = { privateKey: key.privateKey, keyId: key.kid }
  const manager = createTokenManager({ issuer: server.issuer, clientId, credentials, scope: PREDICT })
  proxy.times = ({ path }) => (isTokenRequest(path) && assertions().length === 1 ? 2 : 1)
  expect(await server.verify(await manager.getToken(), PREDICT)).toMatchObject({ status: 200 })
  const sent = assertions().map(({ body }) => new URLSearchParams(body).get('client_assertion'))
  expect(sent).toHaveLength(2)
  expect(new Set(sent).size).toBe(2)
})

test('the manager stops when the server has refused two assertions in a row, each with its own jti', async () => {
  const { server, clientId, assertions } = await aServerBehindAProxy()
  const { privateKey } = aClientKey('ES256')
  const manager = createTokenManager({ issuer: server.issuer, clientId, credentials: { privateKey }, scope: PREDICT })
  const expected = {
    code: 'INVALID_CLIENT',
    message: 'the token endpoint answered 401 invalid_client: wrong client ID or key',
  }
  await expect(manager.getToken()).rejects.toMatchObject(expected)
  await expect(manager.getToken()).rejects.toMatchObject(expected)
  const ids = assertions().map(({ body }) => decodeJwt(new URLSearchParams(body).get('client_assertion') ?? '').jti)
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(2)
})

/** A server whose clock is ahead of this machine's, and which accepts assertions for 30 s after their end. */
async function aServerAhead(refusal: object) {
  const clock = new TestClock()
  const server = await aReferenceServer()
  const state = { aheadSeconds: 3600 }
  const { privateKey } = generateKeyPairSync('ed25519')
  const { manager, events } = aManager(server, clock, {
    ...{ credentials: { privateKey }, audience: 'https://auth.example.com' },
    ...{ parameters: 'body' as const, store: memoryStore(clock) },
  })
  const decide = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const assertion = new URLSearchParams(await text(request)).get('client_assertion') ?? ''
    const now = Date.now() + state.aheadSeconds * 1000
    const isLive = now / 1000 < (decodeJwt(assertion).exp ?? 0) + 30
    const headers = { date: new Date(now).toUTCString() }
    const token = { token_type: 'Bearer', expires_in: 3600, access_token: server.issue(PREDICT) }
    answer(response, isLive ? 200 : 401, isLive ? token : refusal, headers)
  }
  server.meddle = (request, response) => {
    void decide(request, response)
    return true
  }
  return { clock, server, state, manager, events }
}

test.each([
  ['a refusal of RFC 6749', { error: 'invalid_client' }, '401 invalid_client'],
  ['any other 401', {}, '401'],
])(
  'after %s from a server whose clock is an hour ahead, the error names the difference and the manager tries again',
  async (_what, refusal, said) => {
    const { clock, server, state, manager, events } = await aServerAhead(refusal)
    const failure: unknown = await clock.until(manager.getToken()).catch((cause: unknown) => cause)
    expect(failure).toMatchObject({ code: 'ASSERTION_REFUSED', isFinal: false })
    expect(String(failure)).toContain(`answered ${said}: the assertion is not accepted; the clock of this machine`)
    expect(String(failure)).toMatch(/is 3(599|600|601) s behind the server's$/)
    expect(new Set(events)).toEqual(new Set(['failed']))
    state.aheadSeconds = 0
    clock.advance(60_000)
    await clock.until(manager.getToken())
    expect(server.counts.requested).toBeLessThan(20)
    expect(manager.status().state).toBe('live')
  },
)
