// Issuers whose keys a server fetches by HTTPS, with certificates of a private authority: oidc-provider, and an issuer
// that publishes and signs in the form of a Kubernetes API server.
import { Provider } from 'oidc-provider'
import { expect, test } from 'vitest'
import { aClientKey, assertionForm, signed } from '../packages/latchkey/test/client-assertions.ts'
import { has } from '../scripts/programs.mjs'
import { anIssuer, answers, aTrustingServer, tokenFrom } from './an-issuer.ts'
import { PREDICT } from './integrations.ts'
import type { RealServer } from './real-server.ts'

interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, string>>
}

async function tokenOf(
  { issuer }: RealServer,
  assertion: string,
  more: Record<string, string> = {},
): Promise<Answered> {
  const form = assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT, ...more })
  const answer = await fetch(`${issuer}/v1/token`, { method: 'POST', body: form })
  return { status: answer.status, body: (await answer.json()) as Answered['body'] }
}

test.skipIf(!has('openssl'))(
  'a token of a Kubernetes API server gets an access token, and a Kubernetes token for another audience gets none',
  async () => {
    const issuer = await anIssuer()
    // The form of a service account token: the header has no typ, and the audience is an array of one.
    const key = aClientKey('RS256', 'Zy0tXkq1N5fJHhZ7oXW1m0r0c6tq8Wd2XlqvEw3ZK5U')
    answers(issuer, (request, response) => {
      const isDiscovery = request.url === '/.well-known/openid-configuration'
      const document = isDiscovery
        ? {
            issuer: issuer.url,
            jwks_uri: `${issuer.url}/openid/v1/jwks`,
            response_types_supported: ['id_token'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
          }
        : { keys: [{ use: 'sig', ...key.jwk }] }
      const type = isDiscovery ? 'application/json' : 'application/jwk-set+json'
      response.writeHead(200, { 'content-type': type, 'cache-control': 'public, max-age=3600' })
      response.end(JSON.stringify(document))
    })
    const { server } = await aTrustingServer(issuer, {
      issuer: { platform: 'kubernetes' },
      claims: [
        { claim: ['sub'], equals: 'system:serviceaccount:payments:worker' },
        { claim: ['kubernetes.io', 'pod', 'uid'], present: true },
      ],
    })
    const now = Math.floor(Date.now() / 1000)
    const projected = (audiences: readonly string[]): string =>
      signed(
        { alg: 'RS256', kid: key.kid },
        {
          aud: audiences,
          exp: now + 3607,
          iat: now,
          iss: issuer.url,
          jti: '0f0ee4f1-9e42-4a5c-9ac0-3a4c2cf3a1c1',
          'kubernetes.io': {
            namespace: 'payments',
            node: { name: 'node-1', uid: 'd3bd1f6e-6e5b-4f0b-8a55-2f4a1f2f7c11' },
            pod: { name: 'worker-7d4b9', uid: '5f0f6f0c-1f6d-4b55-a2a5-2f5d0b8a9d33' },
            serviceaccount: { name: 'worker', uid: '7b7dd0a7-6a51-4a2c-8d0e-6c6b6f4a1e22' },
          },
          nbf: now,
          sub: 'system:serviceaccount:payments:worker',
        },
        key,
      )
    const token = projected([server.issuer])
    expect([(await tokenOf(server, token)).status, (await tokenOf(server, token)).status]).toEqual([200, 200])
    expect(await tokenOf(server, projected(['https://kubernetes.default.svc']))).toMatchObject({ status: 401 })
    expect(await tokenOf(server, projected([server.issuer, 'https://kubernetes.default.svc']))).toMatchObject({
      status: 401,
    })
  },
)

const CLIENT = { id: 'batch-worker', secret: 'a secret of the test issuer alone' }

/** Makes oidc-provider sign JWTs for any audience. `typ` is the value of their header `typ`. */
const configuration = (typ: string): Readonly<Record<string, unknown>> => {
  const { privateKey, kid, alg } = aClientKey('RS256', 'provider-1')
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }] },
    formats: { customizers: { jwt: (_: unknown, __: unknown, jwt: { header: unknown }) => (jwt.header = { typ }) } },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_: unknown, audience: string) => ({
          ...{ scope: '', audience, accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg } } },
        }),
      },
    },
  }
}

test.skipIf(!has('openssl')).each([
  ['JWT', 200],
  // An access token of another server must not authenticate a client.
  ['at+jwt', 401],
])('a JWT of oidc-provider whose typ is %s is answered %i', async (typ, status) => {
  const issuer = await anIssuer()
  answers(issuer, new Provider(issuer.url, configuration(typ)).callback())
  const { server, integration } = await aTrustingServer(issuer, {
    issuer: { platform: 'oidc' },
    claims: [{ claim: ['sub'], equals: CLIENT.id }],
  })
  const assertion = await signedFor(server.issuer)
  expect(await tokenOf(server, assertion)).toMatchObject({ status })
  expect(await tokenOf(server, assertion, { client_id: integration.clientId })).toMatchObject({ status })
  expect(await tokenOf(server, await signedFor('https://other.example'))).toMatchObject({ status: 401 })

  async function signedFor(resource: string): Promise<string> {
    const form = new URLSearchParams({ grant_type: 'client_credentials', resource })
    return tokenFrom(issuer, `${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`, form)
  }
})
