// A guard whose integration has a key of its own, against a real server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { freePort } from '../../../../e2e/free-port.ts'
import { anHttpProxy } from '../../../../e2e/http-proxy.ts'
import {
  aServer,
  PREDICT,
  startTestServer,
  type TestIntegration,
  type TestServer,
} from '../../../latchkey/test/a-server.ts'
import { aClientKey, anAssertion, register, type TestKey } from '../../../latchkey/test/client-assertions.ts'
import { checkOptions, type Liveness } from '../../src/guard-options.ts'
import { createIssuerClient } from '../../src/issuer-client.ts'
import { aGuard, verdictOf } from '../a-guard.ts'

let server: TestServer
let client: TestIntegration
let reader: TestIntegration
const key: TestKey = aClientKey('ES256')

beforeAll(async () => {
  server = await startTestServer()
  client = await server.integration({ name: 'Client' })
  reader = await server.integration({ name: 'APIs', resourceServer: true })
  await register(server, reader.clientId, key)
})
afterAll(() => server.stop())

const guardWith = (liveness: Liveness, own: TestKey = key) =>
  aGuard(server, {
    liveness,
    options: { credentials: { clientId: reader.clientId, privateKey: own.privateKey, keyId: own.kid } },
  })

test('a guard with a key introspects each token with a new assertion', async () => {
  const guard = guardWith({ mode: 'introspect', maxAgeSeconds: 0 })
  const first = await server.token(client)
  expect([await verdictOf(guard, first, PREDICT), await verdictOf(guard, first, PREDICT)]).toEqual(['200', '200'])
  await server.token(client)
  expect(await verdictOf(guard, first, PREDICT)).toBe('401 superseded')
})

test('a guard with a key follows the feed with an assertion, and learns that a token was superseded', async () => {
  const guard = guardWith({ mode: 'feed', maxStaleSeconds: 10, onStale: 'refuse' })
  const first = await server.token(client)
  await eventually(async () => (await verdictOf(guard, first, PREDICT)) === '200', {
    within: 10_000,
    what: 'the guard has the token',
  })
  await server.token(client)
  await eventually(async () => (await verdictOf(guard, first, PREDICT)) === '401 superseded', {
    within: 10_000,
    what: 'the guard has the change',
  })
})

test('a guard with a key reports that the server does not accept its key', async () => {
  const guard = guardWith({ mode: 'introspect', maxAgeSeconds: 0 }, aClientKey('ES256'))
  expect(await verdictOf(guard, await server.token(client), PREDICT)).toContain('503')
  expect(guard.status().lastError?.message).toBe("the guard's credentials are not accepted")
})

test('a guard with a key reconnects to the feed with a new assertion and the cursor of its table, and loads no second snapshot', async () => {
  const proxy = await anHttpProxy()
  proxy.target = await freePort()
  const env = { LATCHKEY_PORT: String(proxy.target), LATCHKEY_PUBLIC_URL: proxy.url }
  const behind = await aServer({ env })
  const { clientId } = await behind.integration({ resourceServer: true })
  await register(behind, clientId, key)
  const guard = aGuard(behind, {
    liveness: { mode: 'feed', maxStaleSeconds: 10, onStale: 'refuse' },
    options: { credentials: { clientId, privateKey: key.privateKey, keyId: key.kid } },
  })
  await guard.ready()
  const states = () => guard.events.flatMap((event) => (event.type === 'feed' ? [event.state] : []))
  for (const resumed of [1, 2]) {
    proxy.cut()
    await eventually(() => states().filter((state) => state === 'resumed').length === resumed, {
      within: 10_000,
      what: `the guard has resumed ${String(resumed)} times`,
    })
  }
  expect(states().filter((state) => state === 'loaded')).toHaveLength(1)
  const [first, ...later] = proxy.requests.filter(({ path }) => path.endsWith('/v1/feed'))
  expect(first?.headers['last-event-id']).toBeUndefined()
  expect(later.length).toBeGreaterThanOrEqual(2)
  for (const { headers } of later) expect(headers['last-event-id']).toMatch(/./)
  const assertions = [first, ...later].map((request) => {
    expect(request?.method).toBe('POST')
    expect(request?.headers.authorization).toBeUndefined()
    return new URLSearchParams(request?.body).get('client_assertion')
  })
  expect(new Set(assertions).size).toBe(assertions.length)
})

describe('a guard without its assertion file', () => {
  const absent = join(tmpdir(), 'latchkey-no-such-assertion')
  const without = (liveness: Liveness) =>
    aGuard(server, { liveness, options: { credentials: { clientId: reader.clientId, assertionFile: absent } } })

  test('answers 503, and reports that it has no assertion, not that an assertion was refused', async () => {
    const guard = without({ mode: 'introspect', maxAgeSeconds: 0 })
    const decision = await guard.check(`Bearer ${await server.token(client)}`, PREDICT)
    expect(decision).toMatchObject({ ok: false, status: 503, code: 'CREDENTIALS_UNAVAILABLE' })
    expect(guard.status().lastError).toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: `the assertion file ${absent} cannot be read`,
    })
  })

  test('follows the feed once the file is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-guard-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    const assertionFile = join(folder, 'token')
    const guard = aGuard(server, {
      liveness: { mode: 'feed', maxStaleSeconds: 10, onStale: 'refuse' },
      options: { credentials: { clientId: reader.clientId, assertionFile } },
    })
    await eventually(() => guard.status().lastError?.code === 'CREDENTIALS_UNAVAILABLE', {
      within: 10_000,
      what: 'the guard reports the missing file',
    })
    writeFileSync(assertionFile, anAssertion({ clientId: reader.clientId, issuer: server.issuer, key }))
    await guard.ready()
    expect(guard.status().feed?.isConnected).toBe(true)
  })
})

test('a guard with a key reads the file of the key once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-guard-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const path = join(folder, 'client.pem')
  writeFileSync(path, key.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const options = checkOptions({
    ...{ issuer: new URL(server.issuer), audience: 'api://default' },
    liveness: { mode: 'introspect', maxAgeSeconds: 0 },
    credentials: { clientId: reader.clientId, privateKey: path, keyId: key.kid },
  })
  rmSync(path)
  const token = await server.token(client)
  expect(await createIssuerClient(options).introspect(token)).toMatchObject({ active: true })
})

test('a guard whose key cannot be used is refused at its start', () => {
  const credentials = { clientId: reader.clientId, privateKey: '/nowhere' }
  expect(() =>
    aGuard(server, { liveness: { mode: 'introspect', maxAgeSeconds: 0 }, options: { credentials } }),
  ).toThrow(/credentials cannot be used/)
})
