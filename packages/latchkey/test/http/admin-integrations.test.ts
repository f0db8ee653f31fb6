// /admin/v1/integrations: reading, disabling, enabling, deleting.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CreatedIntegration, IntegrationPage } from '../../src/http/contract/admin-api.ts'
import { anAdminListener, startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { aServer, PREDICT } from '../a-server.ts'

const INTEGRATIONS = '/admin/v1/integrations'
const BILLING = { name: 'Billing sync', scopes: ['machinelearning.predict'] }

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

type Created = Required<CreatedIntegration>

const create = async (payload: object = BILLING, { ask } = admin): Promise<Created> => {
  const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json<Created>()
}

describe('reading', () => {
  test('an integration shows everything except its secret', async () => {
    const { client_secret, ...rest } = await create()
    const answer = await admin.ask({ url: `${INTEGRATIONS}/${rest.id}` })
    expect(answer.json()).toEqual(rest)
    expect(answer.body).not.toContain(client_secret)
  })

  test.each(['int_0', 'int_ffffffffffffffffffffffffffffffff', 'lk0123456789abcd', '__proto__', '%00', "'", '..%2f'])(
    'an unknown integration is 404: %s',
    async (id) => {
      const { ask } = admin
      const answer = await ask({ url: `${INTEGRATIONS}/${id}` })
      expect(answer.json()).toMatchObject({ status: 404, code: 'unknown_integration' })
    },
  )

  test('the list has pages, the oldest first, with each integration once and without secrets', async () => {
    const own = await anAdminListener()
    const created: Created[] = []
    for (const name of ['one', 'two', 'three', 'four', 'five']) created.push(await create({ ...BILLING, name }, own))
    const seen: string[] = []
    let url: string | undefined = `${INTEGRATIONS}?limit=2`
    let pages = 0
    while (url !== undefined) {
      const answer = await own.ask({ url })
      const page = answer.json<IntegrationPage>()
      seen.push(...page.items.map(({ id }) => id))
      for (const { client_secret } of created) expect(answer.body).not.toContain(client_secret)
      expect(answer.headers['link'] === undefined).toBe(page.next_cursor === null)
      url = page.next_cursor === null ? undefined : `${INTEGRATIONS}?limit=2&cursor=${page.next_cursor}`
      pages += 1
    }
    expect(seen).toEqual(created.map(({ id }) => id))
    expect(pages).toBe(3)
  })

  test('a page continues at its position even if the integration at that position was deleted', async () => {
    const own = await anAdminListener()
    for (const name of ['one', 'two', 'three']) await create({ ...BILLING, name }, own)
    const page = (await own.ask({ url: `${INTEGRATIONS}?limit=1` })).json<IntegrationPage>()
    await own.ask({ method: 'DELETE', url: `${INTEGRATIONS}/${page.items[0]?.id ?? ''}` })
    const answer = await own.ask({ url: `${INTEGRATIONS}?limit=1&cursor=${page.next_cursor ?? ''}` })
    expect(answer.json<IntegrationPage>().items.map(({ name }) => name)).toEqual(['two'])
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=nonsense', 'cursor'],
    ['cursor=', 'cursor'],
    ['offset=10', 'offset'],
  ])('the query %s is refused with the name of the parameter', async (query, parameter) => {
    const { ask } = admin
    const answer = await ask({ url: `${INTEGRATIONS}?${query}` })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ parameter }] })
  })
})

describe('disabling and enabling', () => {
  test('change the status, and may be repeated', async () => {
    const { id } = await create()
    for (const [verb, status] of [
      ['disable', 'disabled'],
      ['disable', 'disabled'],
      ['enable', 'active'],
      ['enable', 'active'],
    ] as const) {
      const answer = await admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${id}/${verb}` })
      expect(answer.json()).toMatchObject({ id, status })
    }
    expect(admin.log()).toContain('"event":"integration.disabled"')
    expect(admin.log()).toContain('"event":"integration.enabled"')
  })

  test('accept an empty JSON object or no body, and nothing else', async () => {
    const { id } = await create()
    const url = `${INTEGRATIONS}/${id}/disable`
    expect((await admin.ask({ method: 'POST', url, payload: {} })).statusCode).toBe(200)
    const answer = await admin.ask({ method: 'POST', url, payload: { reason: 'x' } })
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/reason' }] })
  })

  test('end the live token from the next check on, and make no old token live again', async () => {
    const server = await aServer()
    const integration = await server.integration({ scopes: [PREDICT] })
    const token = await server.token(integration)
    const change = async (verb: string) => {
      const answer = await fetch(`${server.adminUrl}${INTEGRATIONS}/${integration.id}/${verb}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
      })
      expect(answer.status).toBe(200)
      await answer.arrayBuffer()
    }
    await change('disable')
    expect(await server.verify(token)).toEqual({ status: 401, reason: 'integration_disabled' })
    expect((await server.requestToken(integration)).status).toBe(401)
    await change('enable')
    expect((await server.verify(token)).status).toBe(401)
    const again = await server.token(integration)
    expect(await server.verify(again)).toMatchObject({ status: 200 })
  })
})

describe('deleting', () => {
  test('answers 204, and the integration no longer exists', async () => {
    const own = await anAdminListener()
    const { id } = await create(BILLING, own)
    const gone = await own.ask({ method: 'DELETE', url: `${INTEGRATIONS}/${id}` })
    expect(gone.statusCode).toBe(204)
    expect(gone.body).toBe('')
    expect((await own.ask({ method: 'DELETE', url: `${INTEGRATIONS}/${id}` })).statusCode).toBe(404)
    expect((await own.ask({ url: INTEGRATIONS })).json()).toMatchObject({
      items: [],
      next_cursor: null,
      counts: { all: 0, active: 0, disabled: 0 },
    })
    expect(own.log()).toContain('"event":"integration.deleted"')
  })

  test('ends the live token and the credentials', async () => {
    const server = await aServer()
    const integration = await server.integration({ scopes: [PREDICT] })
    const token = await server.token(integration)
    const answer = await fetch(`${server.adminUrl}${INTEGRATIONS}/${integration.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
    })
    expect(answer.status).toBe(204)
    expect((await server.verify(token)).status).toBe(401)
    expect((await server.requestToken(integration)).status).toBe(401)
  })
})

test('while the store is unavailable, every operation is answered 503', async () => {
  const own = await anAdminListener()
  await own.closeStore()
  const answer = await own.ask({ method: 'POST', url: INTEGRATIONS, payload: BILLING })
  expect(answer.json()).toMatchObject({ status: 503, code: 'store_unavailable' })
  expect(answer.headers['retry-after']).toBeDefined()
})
