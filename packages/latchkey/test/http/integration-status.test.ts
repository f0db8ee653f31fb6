// Disabling or deleting an integration, removing a scope and rotating a secret affect tokens from the next request on.
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../a-server.ts'
import type { IntegrationChange } from '../../src/domain/integration-change.ts'
import { vaultOf } from '../opened-store.ts'
import { changing } from '../changing.ts'

let server: TestServer
const clock = new TestClock()

beforeAll(async () => {
  server = await startTestServer({ clock })
})

afterAll(() => server.stop())

const LIVE = { status: 200, reason: null }
const dead = (reason: string) => ({ status: 401, reason })

/** The changes that an operator makes through the admin API. */
async function operate(integration: TestIntegration, act: 'disable' | 'enable' | 'delete'): Promise<number> {
  const url = `${server.adminUrl}/admin/v1/integrations/${integration.id}`
  const authorization = `Bearer ${server.adminKey.reveal()}`
  const response =
    act === 'delete'
      ? await fetch(url, { method: 'DELETE', headers: { authorization } })
      : await fetch(`${url}/${act}`, { method: 'POST', headers: { authorization } })
  return response.status
}

const change = async (integration: TestIntegration, changed: IntegrationChange): Promise<void> => {
  expect(await server.integrations.change(integration.clientId, ...changing(changed))).toMatchObject({ ok: true })
}

const errorOf = async (response: Response) => [response.status, ((await response.json()) as { error: string }).error]

describe('a disabled integration', () => {
  test('has no live token at the next check, and gets no new token', async () => {
    const [integration, api] = [await server.integration(), await server.integration({ resourceServer: true })]
    const tokens = [await server.token(integration, PREDICT), await server.token(integration, MODEL)]
    expect(await operate(integration, 'disable')).toBe(200)
    for (const token of tokens) {
      expect(await server.verify(token)).toEqual(dead('integration_disabled'))
      expect(await server.introspect(api, token)).toEqual({ active: false })
    }
    expect(await errorOf(await server.requestToken(integration))).toEqual([401, 'invalid_client'])
  })

  test('gets tokens after it is enabled again, but no old token becomes live again', async () => {
    const integration = await server.integration()
    const before = await server.token(integration)
    await operate(integration, 'disable')
    await operate(integration, 'enable')
    expect(await server.verify(before)).toEqual(dead('revoked'))
    const after = await server.token(integration)
    expect(await server.verify(after, PREDICT)).toEqual(LIVE)
    expect(await server.verify(before)).toEqual(dead('revoked'))
  })

  test('does not affect other integrations', async () => {
    const [integration, other] = [await server.integration(), await server.integration()]
    const token = await server.token(other)
    await operate(integration, 'disable')
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
  })

  test('loses its right to introspect', async () => {
    const api = await server.integration({ resourceServer: true })
    await operate(api, 'disable')
    expect(await server.introspect(api, 'x')).toMatchObject({ error: 'invalid_client' })
  })

  test('has no live token, even if requests were in flight', async () => {
    const integration = await server.integration()
    for (let round = 0; round < 10; round++) {
      await operate(integration, 'enable')
      const requested = Array.from({ length: 16 }, () => server.requestToken(integration))
      await change(integration, { kind: 'disable' })
      for (const response of await Promise.all(requested)) {
        expect([200, 401]).toContain(response.status)
        const { access_token: token } = (await response.json()) as { access_token?: string }
        if (token !== undefined) expect((await server.verify(token)).status).toBe(401)
      }
    }
  })
})

describe('a deleted integration', () => {
  test('has no tokens: old tokens are unknown, and no new tokens are issued', async () => {
    const [integration, api] = [await server.integration(), await server.integration({ resourceServer: true })]
    const token = await server.token(integration)
    expect(await operate(integration, 'delete')).toBe(204)
    expect(await server.verify(token)).toEqual(dead('unknown'))
    expect(await server.introspect(api, token)).toEqual({ active: false })
    expect(await errorOf(await server.requestToken(integration))).toEqual([401, 'invalid_client'])
  })
})

describe('a removed scope', () => {
  test('ends its token at the next check, but not that of another scope', async () => {
    const integration = await server.integration()
    const [predict, model] = [await server.token(integration, PREDICT), await server.token(integration, MODEL)]
    await change(integration, { kind: 'set_scopes', scopes: [MODEL] })
    expect(await server.verify(predict)).toEqual(dead('revoked'))
    expect(await server.introspect(integration, predict)).toEqual({ active: false })
    expect(await errorOf(await server.requestToken(integration, PREDICT))).toEqual([400, 'invalid_scope'])
    expect(await server.verify(model, MODEL)).toEqual(LIVE)
  })

  test('that is granted again makes no old token live again', async () => {
    const integration = await server.integration()
    const before = await server.token(integration, PREDICT)
    await change(integration, { kind: 'set_scopes', scopes: [MODEL] })
    await change(integration, { kind: 'set_scopes', scopes: [MODEL, PREDICT] })
    expect(await server.verify(before)).toEqual(dead('revoked'))
    expect(await server.verify(await server.token(integration, PREDICT), PREDICT)).toEqual(LIVE)
  })

  test('may leave the integration a single scope, which requests need not name', async () => {
    const integration = await server.integration()
    await change(integration, { kind: 'set_scopes', scopes: [MODEL] })
    const response = await fetch(`${server.issuer}/v1/token?grant_type=client_credentials`, {
      method: 'POST',
      headers: { authorization: integration.basic },
    })
    expect(await response.json()).toMatchObject({ scope: MODEL })
  })
})

describe('a new client secret', () => {
  let made = 0

  /**
   * Rotates the secret. Returns the integration with its new secret. The old secret ends at the time `previousEndAt`.
   */
  async function rotated(integration: TestIntegration, previousEndAt: number | undefined): Promise<TestIntegration> {
    const { secret, hash } = (await vaultOf(server.dataDir)).generate()
    const added = { id: `sec_${integration.clientId}_${String(++made)}`, hash, endsAt: undefined }
    await change(integration, { kind: 'add_secret', secret: added, sealed: null, origin: 'generated', previousEndAt })
    return { ...integration, clientSecret: secret, basic: toBasicCredentials(integration.clientId, secret) }
  }

  const statusOf = async (integration: TestIntegration) => (await server.requestToken(integration)).status

  test('is valid together with the old secret until the overlap ends, and then is the only valid secret', async () => {
    const before = await server.integration()
    const after = await rotated(before, clock.now() + 60)
    expect([await statusOf(before), await statusOf(after)]).toEqual([200, 200])
    clock.advance(59)
    expect([await statusOf(before), await statusOf(after)]).toEqual([200, 200])
    clock.advance(1)
    expect([await statusOf(before), await statusOf(after)]).toEqual([401, 200])
  })

  test('does not end the live token', async () => {
    const before = await server.integration()
    const token = await server.token(before)
    const after = await rotated(before, clock.now())
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
    expect(await server.introspect(after, token)).toMatchObject({ active: true })
    expect(await statusOf(before)).toBe(401)
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
  })

  test('is refused by every endpoint after it has ended', async () => {
    const before = await server.integration()
    const token = await server.token(before)
    await rotated(before, clock.now())
    expect(await server.introspect(before, token)).toMatchObject({ error: 'invalid_client' })
    expect((await server.revoke(before, token)).status).toBe(401)
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
  })

  test('that an operator ends gets no token for requests in flight', async () => {
    const before = await server.integration()
    const first = await server.token(before)
    const requested = Array.from({ length: 16 }, () => server.requestToken(before))
    await rotated(before, clock.now())
    const statuses = (await Promise.all(requested)).map(({ status }) => status)
    expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([])
    expect(await statusOf(before)).toBe(401)
    if (!statuses.includes(200)) expect(await server.verify(first, PREDICT)).toEqual(LIVE)
  })

  test('never authenticates another integration', async () => {
    const [one, other] = [await server.integration(), await server.integration()]
    const mixed = new Secret(other.clientSecret.reveal())
    expect(await statusOf({ ...one, basic: toBasicCredentials(one.clientId, mixed) })).toBe(401)
  })
})
