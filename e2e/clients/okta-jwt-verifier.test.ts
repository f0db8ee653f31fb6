// @okta/jwt-verifier, which APIs of the reference platform use: it accepts only RS256, and only keys from
// {issuer}/v1/keys.
import OktaJwtVerifier from '@okta/jwt-verifier'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Connection } from '../connection.ts'
import { createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'

const AUDIENCE = 'api://default'

describe('@okta/jwt-verifier', () => {
  let server: RealServer
  let integration: Integration
  let token: string

  beforeAll(async () => {
    server = await startServerOfSuite()
    integration = await createIntegration(server)
    token = await new Connection(server).token(integration)
    // The verifier prints a warning for each request over plain HTTP, and the server of this test speaks plain HTTP.
    vi.spyOn(console, 'warn').mockReturnValue()
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await server.stop()
  })

  const verifier = (assertClaims: Record<string, unknown> = {}): OktaJwtVerifier =>
    new OktaJwtVerifier({ issuer: server.issuer, assertClaims, testing: { disableHttpsCheck: true } })

  test('verifies a token with no configuration except the issuer', async () => {
    const { claims } = await verifier().verifyAccessToken(token, AUDIENCE)
    expect(claims).toMatchObject({ iss: server.issuer, sub: integration.clientId, aud: AUDIENCE })
  })

  test('finds the client in the claim cid and the scopes in the claim scp', async () => {
    const requested = verifier({ cid: integration.clientId, 'scp.includes': [PREDICT] })
    await expect(requested.verifyAccessToken(token, AUDIENCE)).resolves.toBeDefined()
    await expect(verifier({ 'scp.includes': [MODEL] }).verifyAccessToken(token, AUDIENCE)).rejects.toThrow(/scp/)
  })

  test('refuses a token at an API of another audience', async () => {
    await expect(verifier().verifyAccessToken(token, 'api://other')).rejects.toThrow(/audience/)
  })

  test('refuses a token that carries the signature of another token', async () => {
    const [head, signature] = [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)]
    const edited = `${head}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    await expect(verifier().verifyAccessToken(edited, AUDIENCE)).rejects.toThrow(/[Ss]ignature/)
  })
})
