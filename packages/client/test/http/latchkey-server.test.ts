// The token manager against a real Latchkey server.
import { expect, test } from 'vitest'
import { aServer, MODEL, PREDICT, type TestServer } from '../../../latchkey/test/a-server.ts'
import { createTokenManager } from '../../src/index.ts'

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

test('the manager needs one request to recover when another program has requested a token for the slot', async () => {
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

const disable = ({ adminUrl, adminKey }: TestServer, id: string): Promise<Response> =>
  fetch(`${adminUrl}/admin/v1/integrations/${id}/disable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey.reveal()}` },
  })
