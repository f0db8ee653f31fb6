// Live tokens as operators see them: the slots of an integration (one for each of its scopes), the last issuances, and
// revocation.
import { describe, expect, test } from 'vitest'
import type { List, RevokedTokens, Slot, SlotHistory, SlotPage } from '../../src/http/contract/admin-api.ts'
import { aServer, MODEL, PREDICT, TestClock, type TestServer } from '../a-server.ts'

const ask = async <Body = Slot>({ adminUrl, adminKey }: TestServer, path: string, method = 'GET') => {
  const headers = { authorization: `Bearer ${adminKey.reveal()}` }
  const response = await fetch(`${adminUrl}/admin/v1${path}`, { method, headers })
  return { status: response.status, body: (await response.json()) as Body }
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string; gen: number }

describe('the slots of an integration', () => {
  test('show the generation and the remaining lifetime of each live token, but not the token', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const { id, ...integration } = await server.integration()
    const token = await server.token({ id, ...integration }, PREDICT)
    clock.advance(600)
    const { body } = await ask<List<Slot>>(server, `/integrations/${id}/tokens`)
    const { jti, gen } = claimsOf(token)
    expect(body.items).toMatchObject([
      { scope: PREDICT, live: { generation: gen, jti, expires_in: 3000 } },
      { scope: MODEL, live: null },
    ])
    expect(JSON.stringify(body)).not.toContain(token.split('.')[2])
  })

  test('show no expired token', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const integration = await server.integration()
    await server.token(integration)
    clock.advance(3600)
    const { body } = await ask<List<Slot>>(server, `/integrations/${integration.id}/tokens`)
    expect(body.items[0]?.live).toBeNull()
    expect((await ask<SlotPage>(server, '/tokens')).body.items).toEqual([])
  })

  test('show the superseded token during its grace', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const integration = await server.integration({ graceSeconds: 30 })
    const elder = await server.token(integration)
    await server.token(integration)
    const slot = async () => (await ask<List<Slot>>(server, `/integrations/${integration.id}/tokens`)).body.items[0]
    expect((await slot())?.in_grace?.jti).toBe(claimsOf(elder).jti)
    clock.advance(30)
    expect((await slot())?.in_grace).toBeNull()
  })
})

describe("the list of a slot's issuances", () => {
  test('has the last 16 issuances with address, user agent and secret, the newest first', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const jtis: string[] = []
    for (let i = 0; i < 18; i++) jtis.unshift(claimsOf(await server.token(integration)).jti)
    const { body } = await ask<SlotHistory>(server, `/integrations/${integration.id}/tokens/${PREDICT}`)
    expect(body.history.map(({ jti }) => jti)).toEqual(jtis.slice(0, 16))
    expect(body.history[0]).toMatchObject({
      requests: 1,
      requesters: [
        {
          address: '127.0.0.1',
          user_agent: 'node',
          credential_id: expect.stringMatching(/^sec_/) as string,
          method: 'client_secret',
          secret_id: expect.stringMatching(/^sec_/) as string,
        },
      ],
    })
  })

  test('is answered 404 for a scope that was never granted to the integration', async () => {
    const server = await aServer()
    const { id } = await server.integration({ scopes: [PREDICT] })
    const { status, body } = await ask<{ code: string }>(server, `/integrations/${id}/tokens/${MODEL}`)
    expect([status, body.code]).toEqual([404, 'unknown_slot'])
  })
})

describe('a revocation', () => {
  test('of one scope ends that token at the next check, and no token of another scope', async () => {
    const server = await aServer()
    const integration = await server.integration()
    const [predict, model] = [await server.token(integration, PREDICT), await server.token(integration, MODEL)]
    const revoked = await ask<RevokedTokens>(server, `/integrations/${integration.id}/tokens/${PREDICT}`, 'DELETE')
    expect(revoked.body).toEqual({ revoked: 1 })
    expect(await server.verify(predict)).toEqual({ status: 401, reason: 'revoked' })
    expect(await server.verify(model)).toEqual({ status: 200, reason: null })
    expect((await server.requestToken(integration)).status).toBe(200)
  })

  test('of all scopes ends every token of the integration, and no other token', async () => {
    const server = await aServer()
    const [integration, other] = [await server.integration(), await server.integration()]
    const own = [await server.token(integration, PREDICT), await server.token(integration, MODEL)]
    const foreign = await server.token(other)
    const revoked = await ask<RevokedTokens>(server, `/integrations/${integration.id}/tokens`, 'DELETE')
    expect(revoked.body).toEqual({ revoked: 2 })
    for (const token of own) expect((await server.verify(token)).reason).toBe('revoked')
    expect((await server.verify(foreign)).status).toBe(200)
  })

  test('without a live token is no error', async () => {
    const server = await aServer()
    const { id } = await server.integration()
    expect(await ask(server, `/integrations/${id}/tokens/${PREDICT}`, 'DELETE')).toEqual({
      status: 200,
      body: { revoked: 0 },
    })
  })
})

test('the list of live tokens has each token once, the earliest expiry first', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const expected: string[] = []
  for (let i = 0; i < 5; i++) {
    const integration = await server.integration()
    expected.push(claimsOf(await server.token(integration)).jti)
    if (i % 2 === 1) clock.advance(60)
  }
  const seen: string[] = []
  for (let cursor = ''; ;) {
    const { body } = await ask<SlotPage>(server, `/tokens?limit=2${cursor}`)
    seen.push(...body.items.map(({ live }) => live?.jti ?? ''))
    if (body.next_cursor === null) break
    cursor = `&cursor=${body.next_cursor}`
  }
  expect(seen).toEqual(expected)
})
