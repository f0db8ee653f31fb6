// GET /admin/v1/integrations: search, filters, sort orders and counts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IntegrationPage } from '../../src/http/contract/admin-api.ts'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { type Created, created, INTEGRATIONS } from '../an-integration.ts'

let admin: TestAdminListener
const made: Created[] = []
beforeAll(async () => {
  admin = await startAdminListener()
  for (const [name, scopes] of [
    ['Billing sync', ['machinelearning.predict']],
    ['billing REPORT', ['machinelearning.model']],
    ['Ärzteblatt', ['machinelearning.predict', 'machinelearning.model']],
    ['100% coverage', ['machinelearning.predict']],
    ['zeta_one', ['machinelearning.predict']],
  ] as const) {
    made.push(await created(admin, { name, scopes }))
  }
  await admin.ask({ method: 'POST', url: `${INTEGRATIONS}/${made[4]?.id ?? ''}/disable` })
})
afterAll(() => admin.stop())

const list = async (query: string): Promise<IntegrationPage> =>
  (await admin.ask({ url: `${INTEGRATIONS}?${query}` })).json<IntegrationPage>()
const names = async (query: string) => (await list(query)).items.map(({ name }) => name)

describe('a search', () => {
  test.each([
    ['billing', ['Billing sync', 'billing REPORT']],
    ['SYNC', ['Billing sync']],
    ['ärzte', ['Ärzteblatt']],
    ['%', ['100% coverage']],
    ['_', ['zeta_one']],
    ["'; DROP TABLE integration; --", []],
  ])('for %s finds names that contain this text, in any case, and has no wildcards', async (search, found) => {
    expect(await names(`search=${encodeURIComponent(search)}`)).toEqual(found)
  })

  test('finds a client ID by its start', async () => {
    const clientId = made[1]?.client_id ?? ''
    expect(await names(`search=${clientId.slice(0, 10)}`)).toEqual(['billing REPORT'])
    expect(await names(`search=${clientId}`)).toEqual(['billing REPORT'])
  })
})

test('a search for tags ignores the case of ASCII letters, and matches other letters exactly', async () => {
  const tagged = await startAdminListener()
  try {
    for (const [name, tags] of [
      ['first', ['Tier-1', 'eu']],
      ['second', ['tier-2', 'Übung']],
      ['third', []],
    ] as const) {
      await created(tagged, { name, tags, scopes: ['machinelearning.model'] })
    }
    const found = async (search: string) =>
      (await tagged.ask({ url: `${INTEGRATIONS}?search=${encodeURIComponent(search)}` }))
        .json<IntegrationPage>()
        .items.map(({ name }) => name)
    expect(await found('tier-1')).toEqual(['first'])
    expect(await found('TIER')).toEqual(['first', 'second'])
    expect(await found('Übung')).toEqual(['second'])
  } finally {
    await tagged.stop()
  }
})

test('the filters limit the list, but the counts include integrations of every status', async () => {
  expect(await names('status=disabled')).toEqual(['zeta_one'])
  expect(await names('scope=machinelearning.model')).toEqual(['billing REPORT', 'Ärzteblatt'])
  expect(await names('scope=machinelearning.model&search=bill')).toEqual(['billing REPORT'])
  expect((await list('status=disabled')).counts).toEqual({ all: 5, active: 4, disabled: 1 })
  expect((await list('scope=machinelearning.model')).counts).toEqual({ all: 2, active: 2, disabled: 0 })
})

test.each([
  ['created', ['Billing sync', 'billing REPORT', 'Ärzteblatt', '100% coverage', 'zeta_one']],
  ['-created', ['zeta_one', '100% coverage', 'Ärzteblatt', 'billing REPORT', 'Billing sync']],
  ['name', ['100% coverage', 'billing REPORT', 'Billing sync', 'zeta_one', 'Ärzteblatt']],
  ['-name', ['Ärzteblatt', 'zeta_one', 'Billing sync', 'billing REPORT', '100% coverage']],
])('the pages of the list sorted by %s contain each integration once', async (sort, expected) => {
  const seen: string[] = []
  for (let cursor = ''; ;) {
    const page = await list(`sort=${sort}&limit=2${cursor}`)
    seen.push(...page.items.map(({ name }) => name))
    if (page.next_cursor === null) break
    cursor = `&cursor=${page.next_cursor}`
  }
  expect(seen).toEqual(expected)
})

test('a cursor from a list in another order is refused, because it would skip or repeat entries', async () => {
  const { next_cursor } = await list('sort=name&limit=1')
  const answer = await admin.ask({ url: `${INTEGRATIONS}?sort=created&limit=1&cursor=${next_cursor ?? ''}` })
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter: 'cursor' }] })
})

test('the link to the next page keeps search and order', async () => {
  const answer = await admin.ask({ url: `${INTEGRATIONS}?search=billing&sort=-name&limit=1` })
  const next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link']))?.[1] ?? ''
  expect((await admin.ask({ url: next })).json<IntegrationPage>().items.map(({ name }) => name)).toEqual([
    'billing REPORT',
  ])
})

test.each([
  ['status=gone', 'status'],
  ['sort=secret', 'sort'],
  ['search=', 'search'],
  [`search=${'x'.repeat(121)}`, 'search'],
  ['search=a&search=b', 'search'],
])('the query %s is refused with the name of the parameter', async (query, parameter) => {
  const answer = await admin.ask({ url: `${INTEGRATIONS}?${query}` })
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter }] })
})
