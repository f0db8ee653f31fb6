// Many simultaneous requests for one integration and scope: all of them get a token, and exactly one token is live
// afterwards.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../a-server.ts'

let server: TestServer
const clock = new TestClock()

beforeAll(async () => {
  server = await startTestServer({ clock })
})

afterAll(() => server.stop())

const ALL_AT_ONCE = 64

interface Granted {
  readonly token: string
  readonly gen: number
}

/** Sends this many simultaneous requests. Each of them must get a token. */
async function grants(integration: TestIntegration, scope: string = PREDICT): Promise<readonly Granted[]> {
  const responses = await Promise.all(
    Array.from({ length: ALL_AT_ONCE }, () => server.requestToken(integration, scope)),
  )
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
  const bodies = await Promise.all(responses.map((response) => response.json() as Promise<{ access_token: string }>))
  return bodies.map(({ access_token: token }) => ({ token, gen: Number(decodeJwt(token)['gen']) }))
}

/** Checks that only the token with the highest generation is live, at verify and at introspection. */
async function expectOneLive(integration: TestIntegration, granted: readonly Granted[]): Promise<void> {
  const newest = Math.max(...granted.map(({ gen }) => gen))
  const tokens = new Map(granted.map(({ token, gen }) => [token, gen]))
  for (const [token, gen] of tokens) {
    const isNewest = gen === newest
    expect((await server.verify(token)).status).toBe(isNewest ? 200 : 401)
    expect((await server.introspect(integration, token))['active']).toBe(isNewest)
  }
  const jtis = new Set(granted.filter(({ gen }) => gen === newest).map(({ token }) => decodeJwt(token).jti))
  expect(jtis.size, 'one generation is one token').toBe(1)
}

describe('64 simultaneous requests for one integration and scope get exactly one live token', () => {
  test('if no token is live', async () => {
    const integration = await server.integration()
    await expectOneLive(integration, await grants(integration))
  })

  test('if a token is live, which they supersede', async () => {
    const integration = await server.integration()
    const before = await server.token(integration)
    await expectOneLive(integration, await grants(integration))
    expect(await server.verify(before)).toEqual({ status: 401, reason: 'superseded' })
  })

  test('right after a revocation', async () => {
    const integration = await server.integration()
    const before = await server.token(integration)
    await server.revoke(integration, before)
    await expectOneLive(integration, await grants(integration))
    expect(await server.verify(before)).toEqual({ status: 401, reason: 'revoked' })
  })

  test('during a revocation of the live token', async () => {
    const integration = await server.integration()
    const before = await server.token(integration)
    const [granted] = await Promise.all([grants(integration), server.revoke(integration, before)])
    await expectOneLive(integration, granted)
    expect((await server.verify(before)).status).toBe(401)
  })

  test('in the second in which the old token expires', async () => {
    const integration = await server.integration()
    const before = await server.token(integration)
    clock.advance(3599)
    const early = grants(integration)
    clock.advance(1)
    await expectOneLive(integration, [...(await early), ...(await grants(integration))])
    expect((await server.verify(before)).status).toBe(401)
  })

  test('and a later request gets a newer token', async () => {
    const integration = await server.integration()
    const first = await grants(integration)
    const second = await grants(integration)
    expect(Math.min(...second.map(({ gen }) => gen))).toBeGreaterThan(Math.max(...first.map(({ gen }) => gen)))
  })
})

test('simultaneous requests for two scopes of two integrations do not affect each other', async () => {
  const [one, other] = [await server.integration(), await server.integration()]
  const requested = [one, other].flatMap((integration) => [PREDICT, MODEL].map((scope) => ({ integration, scope })))
  const granted = await Promise.all(requested.map(({ integration, scope }) => grants(integration, scope)))
  for (const [i, { integration }] of requested.entries()) await expectOneLive(integration, granted[i] ?? [])
})
