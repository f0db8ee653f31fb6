// openid-client, the certified client for Node: discovery, client credentials, introspection, revocation.
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'

describe('openid-client', () => {
  let server: RealServer
  let integration: Integration

  beforeAll(async () => {
    server = await startServerOfSuite()
    integration = await createIntegration(server)
  })
  afterAll(async () => void (await server.stop()))

  const discover = (
    algorithm: 'oauth2' | 'oidc',
    authentication: (secret: string) => client.ClientAuth = client.ClientSecretBasic,
  ): Promise<client.Configuration> =>
    client.discovery(
      new URL(server.issuer),
      integration.clientId,
      undefined,
      authentication(integration.clientSecret.reveal()),
      {
        algorithm,
        // The server of this test speaks plain HTTP on loopback.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to be noticed, not to be removed
        execute: [client.allowInsecureRequests],
      },
    )

  test.each(['oauth2', 'oidc'] as const)('discovers the server in the %s way', async (algorithm) => {
    const metadata = (await discover(algorithm)).serverMetadata()
    expect(metadata.issuer).toBe(server.issuer)
    expect(metadata.token_endpoint).toBe(`${server.issuer}/v1/token`)
    expect(metadata.grant_types_supported).toEqual(['client_credentials'])
  })

  test.each([
    ['client_secret_basic', client.ClientSecretBasic],
    ['client_secret_post', client.ClientSecretPost],
  ])('gets a token with %s', async (_, authentication) => {
    const config = await discover('oauth2', authentication)
    const tokens = await client.clientCredentialsGrant(config, { scope: PREDICT })
    expect(tokens.token_type).toBe('bearer')
    expect(tokens.expires_in).toBe(3600)
    expect(tokens.scope).toBe(PREDICT)
  })

  test('introspection shows that its new token superseded its previous token', async () => {
    const config = await discover('oauth2')
    const first = await client.clientCredentialsGrant(config, { scope: PREDICT })
    expect(await client.tokenIntrospection(config, first.access_token)).toMatchObject({
      active: true,
      scope: PREDICT,
      client_id: integration.clientId,
      iss: server.issuer,
      token_type: 'Bearer',
    })
    const second = await client.clientCredentialsGrant(config, { scope: PREDICT })
    expect(await client.tokenIntrospection(config, first.access_token)).toEqual({ active: false })
    expect(await client.tokenIntrospection(config, second.access_token)).toMatchObject({ active: true })
  })

  test('revokes its token, and the token of the other scope stays live', async () => {
    const config = await discover('oauth2')
    const predict = await client.clientCredentialsGrant(config, { scope: PREDICT })
    const model = await client.clientCredentialsGrant(config, { scope: MODEL })
    await client.tokenRevocation(config, predict.access_token)
    expect(await client.tokenIntrospection(config, predict.access_token)).toEqual({ active: false })
    expect(await client.tokenIntrospection(config, model.access_token)).toMatchObject({ active: true })
  })

  test('reports the error code of a refused request', async () => {
    const config = await discover('oauth2')
    const refused = client.clientCredentialsGrant(config, { scope: `${PREDICT} ${MODEL}` })
    await expect(refused).rejects.toMatchObject({ error: 'invalid_scope', status: 400 })
  })
})
