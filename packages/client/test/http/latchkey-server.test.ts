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

test('finds the token endpoint through the issuer, and its token is live', async () => {
  const { server, manager } = await setting()
  expect(await server.verify(await manager.getToken(), PREDICT)).toMatchObject({ status: 200 })
  expect(manager.status()).toMatchObject({ state: 'live', generation: expect.any(Number) as number })
})

test.each(['query', 'body'] as const)('its parameters may stand in the %s', async (parameters) => {
  const { server, integration } = await setting()
  const { clientId, clientSecret } = integration
  const tokenUrl = `${server.issuer}/v1/token`
  const manager = createTokenManager({ tokenUrl, clientId, clientSecret, scope: MODEL, parameters })
  expect(await server.verify(await manager.getToken(), MODEL)).toMatchObject({ status: 200 })
})

test('recovers with one request when another program has requested a token for the slot', async () => {
  const { server, integration, manager, apiUrl } = await setting()
  const reported: string[] = []
  manager.on('superseded-by-other', ({ generation }) => reported.push(`generation ${String(generation)}`))
  expect((await manager.fetchWithToken(apiUrl)).status).toBe(200)
  const generation = manager.status().generation
  await server.token(integration, PREDICT)
  expect((await manager.fetchWithToken(apiUrl)).status).toBe(200)
  expect(reported).toEqual([`generation ${String(generation)}`])
})

test('stops when the integration is disabled', async () => {
  const { server, integration, manager, apiUrl } = await setting()
  await manager.fetchWithToken(apiUrl)
  await disable(server, integration.id)
  expect((await manager.fetchWithToken(apiUrl)).status).toBe(401)
  await expect(manager.getToken()).rejects.toMatchObject({ code: 'INTEGRATION_DISABLED' })
})

test('stops after one request if its secret is wrong', async () => {
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
