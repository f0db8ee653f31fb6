// The list of integrations shows which integrations need the attention of an operator.
import { expect, test } from 'vitest'
import type { Integration, IntegrationPage } from '../../src/http/contract/admin-api.ts'
import { aServer, TestClock, type TestServer } from '../a-server.ts'
import { requestTokenFrom } from '../token-from.ts'

const NOON = 1_800_000_000

async function ask<Answer>(server: TestServer, path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const answer = await fetch(`${server.adminUrl}/admin/v1/integrations${path}`, { headers })
  return (await answer.json()) as Answer
}
const list = (server: TestServer, query: string) => ask<IntegrationPage>(server, `?${query}`)

test('an integration whose callers end each other’s tokens is shown as needing attention: in the list, by the filter and on its page', async () => {
  const clock = new TestClock(NOON)
  const server = await aServer({ clock })
  const calm = await server.integration()
  const contended = await server.integration()
  for (const last of [1, 2, 1, 2, 1, 2]) await requestTokenFrom(`127.0.0.${String(last)}`, server.issuer, contended)
  const { items, attention_counts: counts } = await list(server, 'sort=attention')
  expect(items.map(({ client_id, attention }) => ({ client_id, attention }))).toEqual([
    { client_id: contended.clientId, attention: [{ kind: 'contended', at: null }] },
    { client_id: calm.clientId, attention: [] },
  ])
  expect(counts).toMatchObject({ any: 1, contended: 1, unused: 0 })
  const filtered = await list(server, 'attention=contended')
  expect(filtered.items.map(({ client_id }) => client_id)).toEqual([contended.clientId])
  expect(filtered.counts).toEqual({ all: 1, active: 1, disabled: 0 })
  expect(filtered.measured_since).toBe('2027-01-15T08:00:00Z')
  expect((await list(server, 'attention=rotating')).items).toEqual([])
  expect(await ask<Integration>(server, `/${contended.clientId}`)).toMatchObject({
    attention: [{ kind: 'contended', at: null }],
  })
})

test('an integration with rising refusals is shown as needing attention in that hour and in the next', async () => {
  const clock = new TestClock(NOON)
  const server = await aServer({ clock })
  const integration = await server.integration()
  const kinds = async () => {
    clock.advance(2)
    const { items } = await list(server, 'attention=refusals_rising')
    return items.map(({ client_id }) => client_id)
  }
  for (let refused = 0; refused < 9; refused += 1) await server.requestToken(integration, 'no.such.scope')
  expect(await kinds()).toEqual([])
  await server.requestToken(integration, 'no.such.scope')
  expect(await kinds()).toEqual([integration.clientId])
  clock.advance(3600)
  expect(await kinds()).toEqual([integration.clientId])
  clock.advance(3600)
  expect(await kinds()).toEqual([])
})

test('the filter refuses an unknown kind of attention and names the parameter', async () => {
  const server = await aServer()
  expect(await ask(server, '?attention=sleep')).toMatchObject({ status: 400, errors: [{ parameter: 'attention' }] })
})
