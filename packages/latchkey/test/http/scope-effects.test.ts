// What happens to tokens from the next request on if a scope is deleted, created again, or given another audience.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Scope } from '@latchkey/protocol'
import { aFolder } from '../a-folder.ts'
import { MODEL, PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

let count = 0
let scope = '' as Scope
beforeEach(async () => {
  scope = `orders.${String(++count)}` as Scope
  expect((await admin('POST', '/scopes', { name: scope })).status).toBe(201)
})

async function admin(method: string, path: string, body?: object, of = server): Promise<Response> {
  return fetch(`${of.adminUrl}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${of.adminKey.reveal()}`,
      'if-match': '*',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

const deleteByForce = async (): Promise<number> => (await admin('DELETE', `/scopes/${scope}?force=true`)).status
const grant = (integration: TestIntegration, scopes: readonly string[]): Promise<Response> =>
  admin('PATCH', `/integrations/${integration.id}`, { scopes })
const errorOf = async (response: Response) => [response.status, ((await response.json()) as { error: string }).error]

const LIVE = { status: 200, reason: null }
const REVOKED = { status: 401, reason: 'revoked' }

describe('a scope that was deleted by force', () => {
  test('has no live token at the next check, but other scopes keep their live tokens', async () => {
    const integration = await server.integration({ scopes: [scope, MODEL] })
    const api = await server.integration({ scopes: [scope, MODEL], resourceServer: true })
    const [ended, kept] = [await server.token(integration, scope), await server.token(integration, MODEL)]
    expect(await server.introspect(api, ended)).toMatchObject({ active: true })
    const refused = (await (await admin('DELETE', `/scopes/${scope}`)).json()) as object
    expect(refused).toMatchObject({ code: 'scope_in_use', in_use: { integrations: 2, live_tokens: 1, apis: [] } })
    expect(await server.verify(ended, scope)).toEqual(LIVE)

    expect(await deleteByForce()).toBe(204)
    expect(await server.verify(ended, scope)).toEqual(REVOKED)
    expect(await server.introspect(integration, ended)).toEqual({ active: false })
    expect(await server.introspect(api, ended)).toEqual({ active: false })
    expect(await errorOf(await server.requestToken(integration, scope))).toEqual([400, 'invalid_scope'])
    expect(await server.verify(kept, MODEL)).toEqual(LIVE)
  })

  test('is removed from disabled integrations too', async () => {
    const integration = await server.integration({ scopes: [scope, MODEL] })
    const token = await server.token(integration, scope)
    await admin('POST', `/integrations/${integration.id}/disable`)
    expect(await deleteByForce()).toBe(204)
    await admin('POST', `/integrations/${integration.id}/enable`)
    expect(await server.verify(token)).toEqual(REVOKED)
    expect(await errorOf(await server.requestToken(integration, scope))).toEqual([400, 'invalid_scope'])
  })

  test('and created again is granted to no integration, and granting it makes no old token live again', async () => {
    const integration = await server.integration({ scopes: [scope, MODEL] })
    const [first, second] = [await server.token(integration, scope), await server.token(integration, scope)]
    await deleteByForce()
    await admin('POST', '/scopes', { name: scope })
    expect([await server.verify(first), await server.verify(second)]).toEqual([REVOKED, REVOKED])
    expect(await errorOf(await server.requestToken(integration, scope))).toEqual([400, 'invalid_scope'])

    expect((await grant(integration, [scope, MODEL])).status).toBe(200)
    expect([(await server.verify(first)).status, (await server.verify(second)).status]).toEqual([401, 401])
    const third = await server.token(integration, scope)
    expect(await server.verify(third, scope)).toEqual(LIVE)
    expect(Number(decodeJwt(third)['gen'])).toBeGreaterThan(Number(decodeJwt(second)['gen']))
    expect([(await server.verify(first)).status, (await server.verify(second)).status]).toEqual([401, 401])
  })

  test('has no live token, even if requests were in flight', async () => {
    const integration = await server.integration({ scopes: [scope, MODEL] })
    for (let round = 0; round < 10; round++) {
      const requested = Array.from({ length: 16 }, () => server.requestToken(integration, scope))
      expect(await deleteByForce()).toBe(204)
      for (const response of await Promise.all(requested)) {
        expect([200, 400]).toContain(response.status)
        const { access_token: token } = (await response.json()) as { access_token?: string }
        if (token !== undefined) expect((await server.verify(token)).status).toBe(401)
      }
      await admin('POST', '/scopes', { name: scope })
      await grant(integration, [scope, MODEL])
    }
  })

  test('is granted to no integration, even if a request to grant the scope was in flight', async () => {
    for (let round = 0; round < 10; round++) {
      const integration = await server.integration({ scopes: [MODEL] })
      const [granted] = await Promise.all([grant(integration, [scope, MODEL]), deleteByForce()])
      expect([200, 400]).toContain(granted.status)
      const shown = (await (await admin('GET', `/integrations/${integration.id}`)).json()) as { scopes: string[] }
      expect(shown.scopes).toEqual([MODEL])
      await admin('POST', '/scopes', { name: scope })
    }
  })
})

describe('a scope with a new audience', () => {
  const move = async (audience: string | null): Promise<unknown> =>
    (await admin('PATCH', `/scopes/${scope}`, { audience })).json()

  test('has no old live token, and issues tokens for the new audience', async () => {
    const [one, other] = [await server.integration({ scopes: [scope] }), await server.integration({ scopes: [scope] })]
    const before = [await server.token(one, scope), await server.token(other, scope)]
    expect(await move('api://orders')).toMatchObject({ audience: 'api://orders', live_tokens: 0, ended_tokens: 2 })
    for (const token of before) expect((await server.verify(token)).status).toBe(401)
    const after = await server.token(one, scope)
    expect(decodeJwt(after)['aud']).toBe('api://orders')
    expect(await server.verify(after, scope)).toEqual(LIVE)
  })

  test('makes no token live again when it gets its old audience back', async () => {
    const integration = await server.integration({ scopes: [scope] })
    const token = await server.token(integration, scope)
    await move('api://orders')
    expect(await move(null)).toMatchObject({ audience_is_default: true, ended_tokens: 0 })
    expect(await server.verify(token)).toEqual(REVOKED)
  })

  test('keeps its live tokens if the new audience equals the default', async () => {
    const integration = await server.integration({ scopes: [scope] })
    const token = await server.token(integration, scope)
    expect(await move('api://default')).toMatchObject({ audience_is_default: false, ended_tokens: 0, version: 2 })
    expect(await server.verify(token, scope)).toEqual(LIVE)
  })

  test('makes an integration in stable mode get a new token instead of the token for the old audience', async () => {
    const mode = { kind: 'stable', renewBeforeSeconds: 10 } as const
    const integration = await server.integration({ scopes: [scope], mode })
    const before = await server.token(integration, scope)
    await move('api://orders')
    expect(decodeJwt(await server.token(integration, scope))).toMatchObject({ aud: 'api://orders' })
    expect((await server.verify(before)).status).toBe(401)
  })

  test('gives requests in flight no valid token for the old audience', async () => {
    const integration = await server.integration({ scopes: [scope] })
    for (let round = 0; round < 10; round++) {
      const audience = `api://orders/${String(round)}`
      const requested = Array.from({ length: 16 }, () => server.requestToken(integration, scope))
      await move(audience)
      for (const response of await Promise.all(requested)) {
        expect(response.status).toBe(200)
        const { access_token: token } = (await response.json()) as { access_token: string }
        const isCurrent = decodeJwt(token)['aud'] === audience
        if ((await server.verify(token)).status === 200) expect(isCurrent).toBe(true)
      }
    }
  })
})

test('the metadata always lists the current scopes', async () => {
  const supported = async () => {
    const answer = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
    return {
      etag: answer.headers.get('etag'),
      scopes: ((await answer.json()) as { scopes_supported: string[] }).scopes_supported,
    }
  }
  const before = await supported()
  expect(before.scopes).toContain(scope)
  await deleteByForce()
  const after = await supported()
  expect(after.scopes).toEqual(before.scopes.filter((name) => name !== scope))
  expect(after.etag).not.toBe(before.etag)
})

test('after a restart deleted scopes stay deleted, and their tokens stay ended', async () => {
  const env = { LATCHKEY_DATA_DIR: aFolder() }
  const first = await startTestServer({ env })
  const integration = await first.integration({ scopes: [PREDICT, MODEL] })
  const token = await first.token(integration, PREDICT)
  expect((await admin('DELETE', `/scopes/${PREDICT}?force=true`, undefined, first)).status).toBe(204)
  await first.stop()
  const second = await startTestServer({ env: { ...env, LATCHKEY_PORT: new URL(first.publicUrl).port } })
  expect(await second.verify(token)).toEqual(REVOKED)
  const { items } = (await (await admin('GET', '/apis', undefined, second)).json()) as { items: { name: string }[] }
  expect(items.map(({ name }) => name)).toEqual(['Models API'])
  await second.stop()
})

test('the next start records a changed default audience in the audit trail as a change by the server', async () => {
  const env = { LATCHKEY_DATA_DIR: aFolder() }
  const first = await startTestServer({ env })
  await admin('POST', '/scopes', { name: 'with.own', audience: 'api://own' }, first)
  await first.stop()
  const second = await startTestServer({ env: { ...env, LATCHKEY_AUDIENCE: 'api://moved' } })
  const found = await admin('GET', '/audit?event=scope.audience_changed', undefined, second)
  const members = { before: { audience: 'api://default' }, after: { audience: 'api://moved' } }
  const actor = { kind: 'system', id: 'system' }
  expect(await found.json()).toMatchObject({
    items: [PREDICT, MODEL].map((id) => ({ actor, target: { kind: 'scope', id }, ...members })),
  })
  expect(await (await admin('GET', '/audit/verify', undefined, second)).json()).toMatchObject({ intact: true })
  await second.stop()
})
