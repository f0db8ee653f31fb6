// oauth4webapi, which checks every answer against the RFC of its endpoint: each endpoint, both ways to authenticate,
// and the validation of our tokens at an API.
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'

// The server of this test speaks plain HTTP on loopback.
// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to be noticed, not to be removed
const insecure = { [oauth.allowInsecureRequests]: true } as const
const AUDIENCE = 'api://default'

describe('oauth4webapi', () => {
  let server: RealServer
  let integration: Integration
  let api: Integration

  beforeAll(async () => {
    server = await startServerOfSuite()
    integration = await createIntegration(server)
    api = await createIntegration(server, { name: 'Prediction API', scopes: [PREDICT], resource_server: true })
  })
  afterAll(async () => void (await server.stop()))

  const discover = async (algorithm: 'oauth2' | 'oidc'): Promise<oauth.AuthorizationServer> => {
    const issuer = new URL(server.issuer)
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...insecure }))
  }
  const clientOf = ({ clientId }: Integration): oauth.Client => ({ client_id: clientId })
  const basic = ({ clientSecret }: Integration) => oauth.ClientSecretBasic(clientSecret.reveal())
  const post = ({ clientSecret }: Integration) => oauth.ClientSecretPost(clientSecret.reveal())

  const grant = async (
    as: oauth.AuthorizationServer,
    scope: string,
    authentication = basic(integration),
  ): Promise<oauth.TokenEndpointResponse> => {
    const client = clientOf(integration)
    const response = await oauth.clientCredentialsGrantRequest(as, client, authentication, { scope }, insecure)
    return oauth.processClientCredentialsResponse(as, client, response)
  }

  const introspect = async (
    as: oauth.AuthorizationServer,
    token: string,
    caller = integration,
  ): Promise<oauth.IntrospectionResponse> => {
    const client = clientOf(caller)
    const response = await oauth.introspectionRequest(as, client, basic(caller), token, insecure)
    return oauth.processIntrospectionResponse(as, client, response)
  }

  /** Returns the decision of an API that validates the token with oauth4webapi. */
  const atAnApi = (as: oauth.AuthorizationServer, token: string): Promise<oauth.JWTAccessTokenClaims> =>
    oauth.validateJwtAccessToken(
      as,
      new Request('https://api.example.com/predictions', { headers: { authorization: `Bearer ${token}` } }),
      AUDIENCE,
      insecure,
    )

  test('both forms of the well-known path give the same metadata, with the requested issuer', async () => {
    const [inserted, appended] = [await discover('oauth2'), await discover('oidc')]
    expect(inserted).toEqual(appended)
    expect(inserted.issuer).toBe(server.issuer)
  })

  test.each([
    ['client_secret_basic', basic],
    ['client_secret_post', post],
  ])(
    'the answer to a client credentials grant with %s passes the checks of oauth4webapi',
    async (method, authentication) => {
      const as = await discover('oauth2')
      expect(as.token_endpoint_auth_methods_supported).toContain(method)
      const tokens = await grant(as, PREDICT, authentication(integration))
      expect(tokens).toEqual({
        token_type: 'bearer',
        expires_in: 3600,
        scope: PREDICT,
        access_token: tokens.access_token,
      })
    },
  )

  test('the token is a JWT access token as RFC 9068 requires', async () => {
    const as = await discover('oauth2')
    const { access_token: token } = await grant(as, PREDICT)
    const { clientId } = integration
    expect(await atAnApi(as, token)).toMatchObject({
      iss: server.issuer,
      aud: AUDIENCE,
      sub: clientId,
      client_id: clientId,
      scope: PREDICT,
    })
  })

  test('an API refuses a token with an edited claim', async () => {
    const as = await discover('oauth2')
    const [header = '', payload = '', signature = ''] = (await grant(as, PREDICT)).access_token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    const edited = Buffer.from(JSON.stringify({ ...claims, scope: MODEL })).toString('base64url')
    await expect(atAnApi(as, `${header}.${edited}.${signature}`)).rejects.toThrow(oauth.OperationProcessingError)
  })

  test('after a supersession the signature still verifies, but introspection reports the token as inactive', async () => {
    const as = await discover('oauth2')
    const { access_token: first } = await grant(as, PREDICT)
    expect(await introspect(as, first)).toMatchObject({ active: true, client_id: integration.clientId })
    const { access_token: second } = await grant(as, PREDICT)
    await expect(atAnApi(as, first)).resolves.toMatchObject({ scope: PREDICT })
    expect(await introspect(as, first)).toEqual({ active: false })
    expect(await introspect(as, second)).toMatchObject({ active: true })
  })

  test('an API introspects tokens of its own scope and gets no data about other tokens', async () => {
    const as = await discover('oauth2')
    const { access_token: predict } = await grant(as, PREDICT)
    const { access_token: model } = await grant(as, MODEL)
    expect(await introspect(as, predict, api)).toMatchObject({ active: true, client_id: integration.clientId })
    expect(await introspect(as, model, api)).toEqual({ active: false })
  })

  test('a revocation ends the token, and a second revocation succeeds too', async () => {
    const as = await discover('oauth2')
    const { access_token: token } = await grant(as, PREDICT)
    const revoke = () =>
      oauth
        .revocationRequest(as, clientOf(integration), basic(integration), token, insecure)
        .then((response) => oauth.processRevocationResponse(response))
    await expect(revoke()).resolves.toBeUndefined()
    expect(await introspect(as, token)).toEqual({ active: false })
    await expect(revoke()).resolves.toBeUndefined()
  })

  test('a wrong secret is answered with the challenge that RFC 6749 section 5.2 asks for', async () => {
    const as = await discover('oauth2')
    const refused = grant(as, PREDICT, oauth.ClientSecretBasic('lks_wrong'))
    await expect(refused).rejects.toMatchObject({ cause: [{ scheme: 'basic', parameters: { realm: 'latchkey' } }] })
  })
})
