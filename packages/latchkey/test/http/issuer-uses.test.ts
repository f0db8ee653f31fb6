// GET /admin/v1/issuers/{id}/integrations: the integrations whose trust rules name an issuer.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aPlatform, made, podRule } from '../a-platform.ts'
import { startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { admin } from '../postgres/replicas.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const addRule = (integration: TestIntegration, issuer: string, account: string) =>
  made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule(issuer, 'payments', account))

test('the list of integrations that trust an issuer has the number of their rules, page by page', async () => {
  const platform = aPlatform(server, { name: 'used' })
  const other = aPlatform(server, { name: 'other' })
  for (const { registration } of [platform, other]) await made(server, 'POST', '/issuers', registration)
  const integrations = [await server.integration(), await server.integration(), await server.integration()]
  const [one, two, three] = integrations as [TestIntegration, TestIntegration, TestIntegration]
  await addRule(one, 'used', 'worker')
  await addRule(one, 'used', 'mailer')
  await addRule(two, 'used', 'worker')
  await addRule(two, 'other', 'worker')
  const ended = await addRule(three, 'used', 'worker')
  await made(server, 'POST', `/integrations/${three.id}/credentials/${String(ended['id'])}/end`)
  await made(server, 'POST', `/integrations/${two.id}/disable`)

  const { items } = await made(server, 'GET', '/issuers')
  expect(items).toMatchObject([
    { name: 'used', used_by: { integrations: 2, trust_rules: 3 } },
    { name: 'other', used_by: { integrations: 1, trust_rules: 1 } },
  ])
  const expected = [
    { integration_id: one.id, client_id: one.clientId, status: 'active', trust_rules: 2 },
    { integration_id: two.id, client_id: two.clientId, status: 'disabled', trust_rules: 1 },
  ].sort((a, b) => (a.client_id < b.client_id ? -1 : 1))
  expect(await made(server, 'GET', '/issuers/used/integrations')).toMatchObject({ items: expected, next_cursor: null })
  const first = await made(server, 'GET', '/issuers/used/integrations?limit=1')
  expect(first['items']).toMatchObject(expected.slice(0, 1))
  const second = await made(server, 'GET', `/issuers/used/integrations?limit=1&cursor=${String(first['next_cursor'])}`)
  expect(second).toMatchObject({ items: expected.slice(1), next_cursor: null })
})

test('for an issuer that no rule names the list is empty, and for an unknown issuer the answer is 404', async () => {
  const platform = aPlatform(server, { name: 'unused' })
  expect(await made(server, 'POST', '/issuers', platform.registration)).toMatchObject({
    used_by: { integrations: 0, trust_rules: 0 },
  })
  expect(await made(server, 'GET', '/issuers/unused/integrations')).toEqual({ items: [], next_cursor: null })
  const unknown = await admin(server, 'GET', '/issuers/nothing/integrations')
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'unknown_trusted_issuer' }])
})
