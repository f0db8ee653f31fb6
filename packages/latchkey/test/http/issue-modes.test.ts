// The issue modes and grace: which token a request gets while a token is live, and when the old token ends.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import {
  type DesiredIntegration,
  PREDICT,
  startTestServer,
  TestClock,
  type TestIntegration,
  type TestServer,
} from '../a-server.ts'
import { changing } from '../changing.ts'

let server: TestServer
const clock = new TestClock()

beforeAll(async () => {
  server = await startTestServer({ clock })
})

afterAll(() => server.stop())

const LIVE = { status: 200, reason: null }
const SUPERSEDED = { status: 401, reason: 'superseded' }
const REVOKED = { status: 401, reason: 'revoked' }

const STABLE: DesiredIntegration = { mode: { kind: 'stable', renewBeforeSeconds: 300 } }

async function grant(integration: TestIntegration): Promise<{ token: string; expiresIn: number; identity: unknown }> {
  const answer = (await (await server.requestToken(integration)).json()) as { access_token: string; expires_in: number }
  const { jti, gen, iat, exp } = decodeJwt(answer.access_token)
  return { token: answer.access_token, expiresIn: answer.expires_in, identity: { jti, gen, iat, exp } }
}

describe('in the mode stable', () => {
  test('a request gets the live token again, with the remaining time as expires_in', async () => {
    const integration = await server.integration(STABLE)
    const first = await grant(integration)
    clock.advance(100)
    const second = await grant(integration)
    expect(second.identity).toEqual(first.identity)
    expect([first.expiresIn, second.expiresIn]).toEqual([3600, 3500])
    for (const { token } of [first, second]) expect(await server.verify(token, PREDICT)).toEqual(LIVE)
  })

  test('a request gets a new token from the configured second on, and the old token is superseded', async () => {
    const integration = await server.integration(STABLE)
    const first = await grant(integration)
    clock.advance(3299)
    const still = await grant(integration)
    expect([still.identity, still.expiresIn]).toEqual([first.identity, 301])
    clock.advance(1)
    const second = await grant(integration)
    expect(second.expiresIn).toBe(3600)
    expect(await server.verify(first.token)).toEqual(SUPERSEDED)
    expect(await server.verify(still.token)).toEqual(SUPERSEDED)
    expect(await server.verify(second.token, PREDICT)).toEqual(LIVE)
  })

  test('64 simultaneous requests get the live token', async () => {
    const integration = await server.integration(STABLE)
    const { identity } = await grant(integration)
    const grants = await Promise.all(Array.from({ length: 64 }, () => grant(integration)))
    expect(new Set(grants.map((other) => JSON.stringify(other.identity)))).toEqual(new Set([JSON.stringify(identity)]))
  })

  test('64 simultaneous requests share one new token if none is live', async () => {
    const integration = await server.integration(STABLE)
    const grants = await Promise.all(Array.from({ length: 64 }, () => grant(integration)))
    expect(new Set(grants.map(({ identity }) => JSON.stringify(identity))).size).toBe(1)
    expect(await server.verify(grants[0]?.token ?? '', PREDICT)).toEqual(LIVE)
  })

  test('a client gets another token after revoking the live token', async () => {
    const integration = await server.integration(STABLE)
    const first = await grant(integration)
    await server.revoke(integration, first.token)
    const second = await grant(integration)
    expect(second.identity).not.toEqual(first.identity)
    expect(await server.verify(first.token)).toEqual(REVOKED)
    expect(await server.verify(second.token, PREDICT)).toEqual(LIVE)
  })

  test('a token that the server reported as expired is not returned again after the wall clock was set back', async () => {
    const integration = await server.integration(STABLE)
    const first = await grant(integration)
    clock.advance(3600)
    expect(await server.verify(first.token)).toEqual({ status: 401, reason: 'expired' })
    clock.step(-3600)
    const second = await grant(integration)
    expect(second.identity).not.toEqual(first.identity)
  })

  test('after a change to the mode replace, the next request supersedes the live token', async () => {
    const integration = await server.integration(STABLE)
    const first = await grant(integration)
    const change = { kind: 'set_issue_mode', mode: { kind: 'replace' }, graceSeconds: 0 } as const
    await server.integrations.change(integration.clientId, ...changing(change))
    expect(await server.verify(first.token, PREDICT)).toEqual(LIVE)
    await grant(integration)
    expect(await server.verify(first.token)).toEqual(SUPERSEDED)
  })
})

test('in stable mode a token of an older key is returned again, signed with the present key', async () => {
  const env = { LATCHKEY_DATA_DIR: aFolder() }
  const before = await startTestServer({ clock, env })
  const integration = await before.integration(STABLE)
  const first = await before.token(integration)
  await before.stop()
  // Both servers need the same port, because the issuer contains the port, and every token contains the issuer.
  const samePort = { LATCHKEY_PORT: new URL(before.publicUrl).port }
  const later = await startTestServer({ clock, env: { ...env, ...samePort, LATCHKEY_SIGNING_ALG: 'EdDSA' } })
  const second = await later.token(integration)
  expect([decodeProtectedHeader(first).alg, decodeProtectedHeader(second).alg]).toEqual(['ES256', 'EdDSA'])
  expect(decodeJwt(second)).toEqual(decodeJwt(first))
  for (const token of [first, second]) expect(await later.verify(token, PREDICT)).toEqual(LIVE)
  await later.stop()
})

describe('with grace', () => {
  const GRACE: DesiredIntegration = { graceSeconds: 30 }

  test('the superseded token is accepted before the end of its grace, and refused from then on', async () => {
    const integration = await server.integration(GRACE)
    const first = await server.token(integration)
    const second = await server.token(integration)
    clock.advance(29)
    expect(await server.verify(first, PREDICT)).toEqual(LIVE)
    expect(await server.introspect(integration, first)).toMatchObject({ active: true })
    clock.advance(1)
    expect(await server.verify(first)).toEqual(SUPERSEDED)
    expect(await server.introspect(integration, first)).toEqual({ active: false })
    expect(await server.verify(second, PREDICT)).toEqual(LIVE)
  })

  test('a second new token ends the grace of the oldest token', async () => {
    const integration = await server.integration(GRACE)
    const [first, second, third] = [
      await server.token(integration),
      await server.token(integration),
      await server.token(integration),
    ]
    expect(await server.verify(first)).toEqual(SUPERSEDED)
    expect(await server.verify(second, PREDICT)).toEqual(LIVE)
    expect(await server.verify(third, PREDICT)).toEqual(LIVE)
  })

  test('revoking the live token also ends the superseded token at once', async () => {
    const integration = await server.integration(GRACE)
    const [first, second] = [await server.token(integration), await server.token(integration)]
    await server.revoke(integration, second)
    expect((await server.verify(first)).status).toBe(401)
    expect(await server.verify(second)).toEqual(REVOKED)
  })

  test('revoking the superseded token ends only the superseded token', async () => {
    const integration = await server.integration(GRACE)
    const [first, second] = [await server.token(integration), await server.token(integration)]
    await server.revoke(integration, first)
    expect(await server.verify(first)).toEqual(REVOKED)
    expect(await server.verify(second, PREDICT)).toEqual(LIVE)
  })

  test.each([
    ['disabling', { kind: 'disable' }],
    ['the removal of the scope', { kind: 'set_scopes', scopes: [] }],
  ] as const)('%s ends the live token and the superseded token at once', async (_what, change) => {
    const integration = await server.integration(GRACE)
    const [first, second] = [await server.token(integration), await server.token(integration)]
    await server.integrations.change(integration.clientId, ...changing(change))
    expect((await server.verify(first)).status).toBe(401)
    expect((await server.verify(second)).status).toBe(401)
  })

  test('a change of the grace setting does not change a grace that has begun', async () => {
    const integration = await server.integration(GRACE)
    const first = await server.token(integration)
    await server.token(integration)
    const change = { kind: 'set_issue_mode', mode: { kind: 'replace' }, graceSeconds: 300 } as const
    await server.integrations.change(integration.clientId, ...changing(change))
    clock.advance(30)
    expect(await server.verify(first)).toEqual(SUPERSEDED)
  })

  test('a token that was refused after its grace stays refused after the wall clock was set back', async () => {
    const integration = await server.integration(GRACE)
    const first = await server.token(integration)
    const second = await server.token(integration)
    clock.advance(30)
    expect(await server.verify(first)).toEqual(SUPERSEDED)
    clock.step(-30)
    expect(await server.verify(first)).toEqual(SUPERSEDED)
    expect(await server.verify(second, PREDICT)).toEqual(LIVE)
  })

  test('in the mode stable the old token has a grace after its renewal', async () => {
    const integration = await server.integration({ ...STABLE, ...GRACE })
    const first = await grant(integration)
    clock.advance(3300)
    const second = await grant(integration)
    expect(await server.verify(first.token, PREDICT)).toEqual(LIVE)
    clock.advance(30)
    expect(await server.verify(first.token)).toEqual(SUPERSEDED)
    expect(await server.verify(second.token, PREDICT)).toEqual(LIVE)
  })
})
