// jose with the remote key set: the verifier of most Node APIs, for each of the three algorithms.
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Connection } from '../connection.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer, startServerOfSuite } from '../real-server.ts'

const AUDIENCE = 'api://default'

describe.each([
  ['RS256', 'RSA'],
  ['ES256', 'EC'],
  ['EdDSA', 'OKP'],
])('jose, with tokens signed %s', (alg, kty) => {
  let server: RealServer

  beforeAll(async () => {
    server = await startServerOfSuite({ env: { LATCHKEY_SIGNING_ALG: alg } })
  })
  afterAll(async () => void (await server.stop()))

  test('verifies a token with the keys that the server publishes', async () => {
    const integration = await createIntegration(server)
    const token = await new Connection(server).token(integration)
    const keys = createRemoteJWKSet(new URL(`${server.issuer}/v1/keys`))
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: server.issuer,
      audience: AUDIENCE,
      typ: 'at+jwt',
      algorithms: [alg],
      requiredClaims: ['iss', 'sub', 'client_id', 'aud', 'iat', 'exp', 'jti', 'scope'],
    })
    expect(protectedHeader.kid).toMatch(/^[\w-]{43}$/)
    expect(payload).toMatchObject({
      sub: integration.clientId,
      client_id: integration.clientId,
      scope: PREDICT,
      // The claims `cid` and `scp` are for verifiers that were written for the reference platform.
      cid: integration.clientId,
      scp: [PREDICT],
      ver: 1,
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
    expect(payload).not.toHaveProperty('nbf')
  })

  test('finds one key of the right type, and only its public half', async () => {
    const answer = await fetch(`${server.issuer}/v1/keys`)
    const { keys } = (await answer.json()) as { keys: Record<string, unknown>[] }
    expect(keys).toEqual([expect.objectContaining({ kty, alg, use: 'sig' })])
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(keys[0]).not.toHaveProperty(secret)
  })
})

test('earlier tokens verify and stay live when the server restarts with another algorithm', async () => {
  const dataDir = aTemporaryFolder()
  const before = await startRealServer({ dataDir })
  const integration = await createIntegration(before)
  const old = await new Connection(before).token(integration)
  await before.stop()

  // The issuer contains the port, so the restarted server must use the same port.
  const port = new URL(before.publicUrl).port
  const after = await startRealServer({ dataDir, env: { LATCHKEY_PORT: port, LATCHKEY_SIGNING_ALG: 'ES256' } })
  const keys = createRemoteJWKSet(new URL(`${after.issuer}/v1/keys`))
  const expected = { issuer: before.issuer, audience: AUDIENCE }
  await expect(jwtVerify(old, keys, expected)).resolves.toBeDefined()
  expect((await new Connection(after).verify(old)).status).toBe(200)
  const next = await new Connection(after).token(integration)
  expect(decodeProtectedHeader(next).alg).toBe('ES256')
  await expect(jwtVerify(next, keys, expected)).resolves.toBeDefined()
})
