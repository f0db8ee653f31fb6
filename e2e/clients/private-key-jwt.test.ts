// Clients that sign assertions with their own key: openid-client, oauth4webapi, and a program that signs with jose.
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIntegration, type Integration, PREDICT } from '../integrations.ts'
import { addKey } from '../key-client.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'

const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
} as const

type Algorithm = keyof typeof ALGORITHMS

interface Pair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

const makePair = async (alg: Algorithm): Promise<Pair> =>
  (await crypto.subtle.generateKey(ALGORITHMS[alg], true, ['sign', 'verify'])) as Pair

let server: RealServer
let integration: Integration
const keys = new Map<Algorithm, CryptoKey>()

beforeAll(async () => {
  server = await startServerOfSuite()
  integration = await createIntegration(server)
  for (const alg of Object.keys(ALGORITHMS) as Algorithm[]) {
    const pair = await makePair(alg)
    const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), alg, kid: alg, key_ops: ['verify'] }
    await addKey(server, integration, { jwk })
    keys.set(alg, pair.privateKey)
  }
})
afterAll(async () => void (await server.stop()))

const keyOf = (alg: Algorithm): CryptoKey => {
  const key = keys.get(alg)
  if (key === undefined) throw new Error(`there is no key for ${alg}`)
  return key
}

test.each(Object.keys(ALGORITHMS) as Algorithm[])('openid-client gets tokens with a key for %s', async (alg) => {
  const config = await client.discovery(
    new URL(server.issuer),
    integration.clientId,
    undefined,
    client.PrivateKeyJwt({ key: keyOf(alg), kid: alg }),
    {
      algorithm: 'oauth2',
      // The server of this test speaks plain HTTP on loopback.
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to be noticed, not to be removed
      execute: [client.allowInsecureRequests],
    },
  )
  const first = await client.clientCredentialsGrant(config, { scope: PREDICT })
  const second = await client.clientCredentialsGrant(config, { scope: PREDICT })
  expect(await client.tokenIntrospection(config, first.access_token)).toEqual({ active: false })
  expect(await client.tokenIntrospection(config, second.access_token)).toMatchObject({ active: true })
  await client.tokenRevocation(config, second.access_token)
  expect(await client.tokenIntrospection(config, second.access_token)).toEqual({ active: false })
})

test('oauth4webapi gets a token, and reads why an assertion for another server is refused', async () => {
  const as = { issuer: server.issuer, token_endpoint: `${server.issuer}/v1/token` }
  const request = async (authentication: oauth.ClientAuth): Promise<Response> =>
    oauth.clientCredentialsGrantRequest(
      as,
      { client_id: integration.clientId },
      authentication,
      new URLSearchParams({ scope: PREDICT }),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to be noticed, not to be removed
      { [oauth.allowInsecureRequests]: true },
    )
  const answer = await request(oauth.PrivateKeyJwt({ key: keyOf('ES256'), kid: 'ES256' }))
  const tokens = await oauth.processClientCredentialsResponse(as, { client_id: integration.clientId }, answer)
  expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: PREDICT })

  const misled = oauth.PrivateKeyJwt(
    { key: keyOf('ES256'), kid: 'ES256' },
    { [oauth.modifyAssertion]: (_header, payload) => void (payload['aud'] = as.token_endpoint) },
  )
  const refused = await request(misled)
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toContain(`its aud must be the issuer, as one string: ${as.issuer}`)
})

test('an assertion that jose signed is accepted once', async () => {
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', kid: 'EdDSA', typ: 'client-authentication+jwt' })
    .setIssuer(integration.clientId)
    .setSubject(integration.clientId)
    .setAudience(server.issuer)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(keyOf('EdDSA'))
  const send = async (): Promise<number> =>
    (
      await fetch(`${server.issuer}/v1/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: PREDICT,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      })
    ).status
  expect([await send(), await send()]).toEqual([200, 401])
})
