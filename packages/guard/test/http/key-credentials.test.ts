// A guard whose integration has a key of its own, against a real server.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../../../latchkey/test/a-server.ts'
import { aClientKey, register, type TestKey } from '../../../latchkey/test/client-assertions.ts'
import type { Liveness } from '../../src/guard-options.ts'
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

test('introspects each token with a new assertion', async () => {
  const guard = guardWith({ mode: 'introspect', maxAgeSeconds: 0 })
  const first = await server.token(client)
  expect([await verdictOf(guard, first, PREDICT), await verdictOf(guard, first, PREDICT)]).toEqual(['200', '200'])
  await server.token(client)
  expect(await verdictOf(guard, first, PREDICT)).toBe('401 superseded')
})

test('follows the feed with an assertion, and learns that a token was superseded', async () => {
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

test('reports that its key is not accepted', async () => {
  const guard = guardWith({ mode: 'introspect', maxAgeSeconds: 0 }, aClientKey('ES256'))
  expect(await verdictOf(guard, await server.token(client), PREDICT)).toContain('503')
  expect(guard.status().lastError?.message).toBe("the guard's credentials are not accepted")
})

test('is refused at its start if the key cannot be used', () => {
  const credentials = { clientId: reader.clientId, privateKey: '/nowhere' }
  expect(() =>
    aGuard(server, { liveness: { mode: 'introspect', maxAgeSeconds: 0 }, options: { credentials } }),
  ).toThrow(/credentials cannot be used/)
})
