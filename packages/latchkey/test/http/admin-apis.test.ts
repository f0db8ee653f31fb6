// /admin/v1/apis: the changes that an operator can make to APIs, and the requests that are refused without any change.
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'

const APIS = '/admin/v1/apis'

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

let count = 0
let name = ''
beforeEach(() => {
  name = `API ${String(++count)}`
})

interface Api {
  readonly id: string
  readonly name: string
}

const create = (body: object): Promise<LightMyRequestResponse> =>
  admin.ask({ method: 'POST', url: APIS, payload: body })
const created = async (body: object = {}): Promise<Api> => (await create({ name, scope: MODEL, ...body })).json<Api>()
const patch = (id: string, body: object, ifMatch: string | undefined = '"v1"'): Promise<LightMyRequestResponse> =>
  admin.ask({ method: 'PATCH', url: `${APIS}/${id}`, payload: body, headers: { 'if-match': ifMatch } })
const read = (id: string): Promise<LightMyRequestResponse> => admin.ask({ url: `${APIS}/${id}` })
const list = async (): Promise<Api[]> => (await admin.ask({ url: APIS })).json<{ items: Api[] }>().items

test('a new store has five APIs', async () => {
  const fresh = await startAdminListener()
  const { items } = (await fresh.ask({ url: APIS })).json<{ items: Api[] }>()
  await fresh.stop()
  expect(items.map((api) => api.name)).toEqual([
    'Models API',
    'Use Case API',
    'Prediction API',
    'Async Prediction API',
    'Async Chunking API',
  ])
})

describe('a new API', () => {
  test('gets an ID and a version, and is the last in the list', async () => {
    const answer = await create({ name, scope: PREDICT, description: 'd', routes: ['/ai/{model}/**'] })
    expect(answer.statusCode).toBe(201)
    const api = answer.json<Api>()
    expect(api).toEqual({
      id: expect.stringMatching(/^api_[0-9a-f]{32}$/) as string,
      name,
      scope: PREDICT,
      description: 'd',
      routes: ['/ai/{model}/**'],
      version: 1,
    })
    expect(answer.headers).toMatchObject({ etag: '"v1"', location: `${APIS}/${api.id}` })
    expect((await list()).at(-1)).toEqual(api)
    expect((await read(api.id)).json()).toEqual(api)
  })

  test('needs an existing scope', async () => {
    expect((await create({ name, scope: 'no.such' })).json()).toMatchObject({
      status: 400,
      code: 'unknown_scope',
      errors: [{ pointer: '/scope' }],
    })
  })

  test('is refused if its name is taken', async () => {
    await create({ name, scope: MODEL })
    expect((await create({ name, scope: PREDICT })).json()).toMatchObject({ status: 409, code: 'api_exists' })
  })

  test.each<readonly [string, object, string]>([
    ['a name with a direction override', { name: 'a\u202eb' }, '/name'],
    ['a name with a zero-width space', { name: 'a\u200bb' }, '/name'],
    ['a name of 10 kB', { name: 'a'.repeat(10_000) }, '/name'],
    ['a description with a line feed', { description: 'a\nb' }, '/description'],
    ['a route with a step up', { routes: ['/a', '/a/../b'] }, '/routes/1'],
    ['a route without a slash', { routes: ['a'] }, '/routes/0'],
    ['51 routes', { routes: Array.from({ length: 51 }, (_, index) => `/${String(index)}`) }, '/routes'],
    ['a route twice', { routes: ['/a', '/a'] }, '/routes'],
    ['an id', { id: 'api_mine' }, '/id'],
    ['a version', { version: 2 }, '/version'],
    ['routes of another type', { routes: '/a' }, '/routes'],
  ])('cannot have %s', async (_what, wrong, pointer) => {
    const before = await list()
    const answer = await create({ name, scope: MODEL, ...wrong })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer }] })
    expect(await list()).toEqual(before)
  })
})

describe('a change of an API', () => {
  test('changes only the given members', async () => {
    const { id } = await created({ description: 'd', routes: ['/a'] })
    const changed = await patch(id, { scope: PREDICT, routes: [] })
    expect([changed.statusCode, changed.headers['etag']]).toEqual([200, '"v2"'])
    expect((await read(id)).json()).toMatchObject({ name, scope: PREDICT, description: 'd', routes: [], version: 2 })
  })

  test('needs the version that the caller has read', async () => {
    const { id } = await created()
    const unmatched = await admin.ask({ method: 'PATCH', url: `${APIS}/${id}`, payload: { description: 'x' } })
    expect(unmatched.json()).toMatchObject({ status: 428 })
    expect((await patch(id, { description: 'x' }, '"v2"')).json()).toMatchObject({ status: 412 })
    expect((await read(id)).json()).toMatchObject({ description: '', version: 1 })
  })

  test('to a name that another API has is refused', async () => {
    const { id } = await created()
    expect((await patch(id, { name: 'Models API' })).json()).toMatchObject({ status: 409, code: 'api_exists' })
    expect((await patch(id, { name })).statusCode).toBe(200)
  })

  test('to an unknown scope is refused', async () => {
    const { id } = await created()
    expect((await patch(id, { scope: 'no.such', description: 'x' })).json()).toMatchObject({ code: 'unknown_scope' })
    expect((await read(id)).json()).toMatchObject({ description: '', version: 1 })
  })

  test('of an unknown API is 404', async () => {
    expect((await patch('api_none', { name })).json()).toMatchObject({ status: 404, code: 'unknown_api' })
  })
})

test('deleting an API keeps its scope', async () => {
  const { id } = await created()
  expect((await admin.ask({ method: 'DELETE', url: `${APIS}/${id}` })).statusCode).toBe(204)
  expect((await read(id)).statusCode).toBe(404)
  expect((await admin.ask({ url: `/admin/v1/scopes/${MODEL}` })).json()).not.toMatchObject({
    apis: expect.arrayContaining([name]) as unknown,
  })
})

test('every change of an API is in the audit trail', async () => {
  const { id } = await created({ routes: ['/a'] })
  await patch(id, { routes: ['/b'] })
  await patch(id, { routes: ['/b'] }, '"v2"')
  await admin.ask({ method: 'DELETE', url: `${APIS}/${id}` })
  const events = (await admin.ask({ url: `/admin/v1/audit?target=${id}` })).json<{ items: unknown[] }>().items
  expect(events).toMatchObject([
    { event: 'api.deleted', before: { name, routes: ['/b'] } },
    { event: 'api.updated', before: { routes: ['/a'] }, after: { routes: ['/b'] } },
    { event: 'api.created', after: { name, scope: MODEL, routes: ['/a'] } },
  ])
})
