// The token manager against a real Latchkey server.
import { expect, test } from 'vitest'
import { aServer, MODEL, PREDICT, type TestServer } from '../../../latchkey/test/a-server.ts'
import { aClientKey, anAssertion, register } from '../../../latchkey/test/client-assertions.ts'
import { createTokenManager, memoryStore } from '../../src/index.ts'

async function setting() {
  const server = await aServer()
  const integration = await server.integration()
  const { clientId, clientSecret } = integration
  const manager = createTokenManager({ issuer: server.issuer, clientId, clientSecret, scope: PREDICT })
  return { server, integration, manager, apiUrl: `${server.issuer}/v1/verify?scope=${PREDICT}` }
}

test('the manager finds the token endpoint through the issuer, and gets a live token', async () => {
  const { server, manager } = await setting()
  expect(await server.verify(await manager.getToken(), PREDICT)).toMatchObject({ status: 200 })
  expect(manager.status()).toMatchObject({ state: 'live', generation: expect.any(Number) as number })
})

test.each(['query', 'body'] as const)('the manager can send its parameters in the %s', async (parameters) => {
  const { server, integration } = await setting()
  const { clientId, clientSecret } = integration
  const tokenUrl = `${server.issuer}/v1/token`
  const manager = createTokenManager({ tokenUrl, clientId, clientSecret, scope: MODEL, parameters })
  expect(await server.verify(await manager.getToken(), MODEL)).toMatchObject({ status: 200 })
})

test('after another program has ended its token with a token request, the manager recovers with one request', async () => {
  const { server, integration, manager, apiUrl } = await setting()
  const reported: string[] = []
  manager.on('superseded-by-other', ({ generation }) => reported.push(`generation ${String(generation)}`))
  expect((await manager.fetchWithToken(apiUrl)).status).toBe(200)
  const generation = manager.status().generation
  await server.token(integration, PREDICT)
  expect((await manager.fetchWithToken(apiUrl)).status).toBe(200)
  expect(reported).toEqual([`generation ${String(generation)}`])
})

test('the manager stops when the integration is disabled', async () => {
  const { server, integration, manager, apiUrl } = await setting()
  await manager.fetchWithToken(apiUrl)
  await disable(server, integration.id)
  expect((await manager.fetchWithToken(apiUrl)).status).toBe(401)
  await expect(manager.getToken()).rejects.toMatchObject({ code: 'INTEGRATION_DISABLED' })
})

test('the manager stops after one request if its secret is wrong', async () => {
  const { server, integration } = await setting()
  const { issuer } = server
  const { clientId } = integration
  const manager = createTokenManager({ issuer, clientId, clientSecret: 'wrong', scope: PREDICT })
  await expect(manager.getToken()).rejects.toMatchObject({ code: 'INVALID_CLIENT', status: 401 })
})

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
  'the manager signs an assertion for each request with its own key for %s, and sends its parameters in the form or the query',
  async (alg) => {
    const { server, integration } = await setting()
    const { clientId } = integration
    const key = aClientKey(alg)
    await register(server, clientId, key)
    const credentials = { privateKey: key.privateKey, keyId: key.kid, algorithm: alg }
    for (const parameters of ['body', 'query'] as const) {
      const options = { issuer: server.issuer, clientId, credentials, scope: PREDICT, parameters }
      const manager = createTokenManager(options)
      const first = await manager.getToken()
      expect(await server.verify(first, PREDICT)).toMatchObject({ status: 200 })
      await server.token(integration, PREDICT)
      const answer = await manager.fetchWithToken(`${server.issuer}/v1/verify?scope=${PREDICT}`)
      expect(answer.status).toBe(200)
    }
  },
)

test('if the server refuses an assertion of the platform, the manager tries again with the next assertion', async () => {
  const { server, integration } = await setting()
  const { clientId } = integration
  const key = aClientKey('EdDSA')
  await register(server, clientId, key)
  const assertions = ['an.old.assertion', anAssertion({ clientId, issuer: server.issuer, key })]
  const credentials = { assertion: () => assertions.shift() ?? '' }
  const manager = createTokenManager({ issuer: server.issuer, clientId, credentials, scope: PREDICT })
  const failures: string[] = []
  manager.on('failed', ({ error }) => failures.push(error.code))
  expect(await server.verify(await manager.getToken(), PREDICT)).toMatchObject({ status: 200 })
  expect(failures).toEqual(['ASSERTION_REFUSED'])
})

test('two managers that authenticate without a secret share one token through a store in memory', async () => {
  const { server, integration } = await setting()
  const { clientId } = integration
  const key = aClientKey('EdDSA')
  await register(server, clientId, key)
  const { issuer } = server
  const credentials = { assertion: () => anAssertion({ clientId, issuer, key }) }
  const options = { issuer, clientId, credentials, scope: PREDICT, store: memoryStore() }
  const [one, two] = [createTokenManager(options), createTokenManager(options)]
  expect(await two.getToken()).toBe(await one.getToken())
})

const disable = ({ adminUrl, adminKey }: TestServer, id: string): Promise<Response> =>
  fetch(`${adminUrl}/admin/v1/integrations/${id}/disable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey.reveal()}` },
  })
