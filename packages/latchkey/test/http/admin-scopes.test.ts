// /admin/v1/scopes: the changes that an operator can make to scopes, and the requests that are refused without any
// change.
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'

const SCOPES = '/admin/v1/scopes'

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

let count = 0
let name = ''
beforeEach(() => {
  name = `scope.${String(++count)}`
})

const create = (body: object): Promise<LightMyRequestResponse> =>
  admin.ask({ method: 'POST', url: SCOPES, payload: body })
const patch = (body: object, ifMatch: string | undefined, of = name): Promise<LightMyRequestResponse> =>
  admin.ask({ method: 'PATCH', url: pathOf(of), payload: body, headers: { 'if-match': ifMatch } })
const remove = (query = '', of = name): Promise<LightMyRequestResponse> =>
  admin.ask({ method: 'DELETE', url: `${pathOf(of)}${query}` })
const read = (of = name): Promise<LightMyRequestResponse> => admin.ask({ url: pathOf(of) })
const pathOf = (scope: string): string => `${SCOPES}/${encodeURIComponent(scope)}`

const eventsOf = async (target: string): Promise<unknown[]> => {
  const answer = await admin.ask({ url: `/admin/v1/audit?target=${encodeURIComponent(target)}` })
  return answer.json<{ items: Record<string, unknown>[] }>().items
}

describe('the scopes', () => {
  test('of a new store are two, with five APIs', async () => {
    const { items } = (await admin.ask({ url: SCOPES })).json<{ items: unknown[] }>()
    expect(items).toContainEqual({
      name: MODEL,
      audience: 'api://default',
      audience_is_default: true,
      description: 'List, read and deploy models',
      version: 1,
      integrations: 0,
      live_tokens: 0,
      apis: ['Models API'],
    })
    expect(items).toContainEqual(
      expect.objectContaining({
        name: PREDICT,
        apis: ['Use Case API', 'Prediction API', 'Async Prediction API', 'Async Chunking API'],
      }),
    )
  })

  test('are listed by name', async () => {
    await create({ name: 'zz' })
    await create({ name: 'ZZ' })
    const names = (await admin.ask({ url: SCOPES }))
      .json<{ items: { name: string }[] }>()
      .items.map((item) => item.name)
    expect(names).toEqual(names.toSorted())
  })
})

describe('a new scope', () => {
  test('has the audience of the server by default', async () => {
    const created = await create({ name })
    expect(created.statusCode).toBe(201)
    expect(created.headers).toMatchObject({ etag: '"v1"', location: pathOf(name) })
    expect(created.json()).toMatchObject({
      name,
      audience: 'api://default',
      audience_is_default: true,
      description: '',
    })
    const own = await create({ name: `${name}.own`, audience: 'https://api.example.com/v1' })
    expect(own.json()).toMatchObject({ audience: 'https://api.example.com/v1', audience_is_default: false })
    expect((await read()).json()).toEqual(created.json())
  })

  test('can be granted at once', async () => {
    await create({ name })
    const made = await admin.ask({ method: 'POST', url: '/admin/v1/integrations', payload: { name, scopes: [name] } })
    expect(made.statusCode).toBe(201)
    expect((await read()).json()).toMatchObject({ integrations: 1 })
  })

  test.each(['a/b', 'a?b', 'a#b', '%2F', ':name', '*', '__proto__', "!$&'()", '%'.repeat(128)])(
    'may have the name %s and is found by this name',
    async (odd) => {
      expect((await create({ name: odd })).statusCode).toBe(201)
      expect((await read(odd)).json()).toMatchObject({ name: odd })
      expect((await remove('', odd)).statusCode).toBe(204)
    },
  )

  test.each(['', 'two words', 'a"b', 'a\\b', 'é', 'a\n', '.', '..', 'a'.repeat(129)])(
    'cannot be called %j',
    async (unusable) => {
      const answer = await create({ name: unusable })
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/name' }] })
    },
  )

  test.each(['', 'two words', 'a"b', 'é', 'a\u0000', 'a'.repeat(256), 5, {}])(
    'cannot have the audience %j',
    async (audience) => {
      const answer = await create({ name, audience })
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/audience' }] })
      expect((await read()).statusCode).toBe(404)
    },
  )

  test.each([
    ['description', { description: 'a\u202eb' }],
    ['description', { description: 'a\u200bb' }],
    ['version', { version: 7 }],
    ['__proto__', JSON.parse('{"__proto__": {}}') as object],
    ['apis', { apis: [] }],
  ])('cannot have an unusable %s', async (_member, more) => {
    const payload = JSON.stringify(Object.assign(Object.create(null) as object, { name })).replace(
      '}',
      `,${JSON.stringify(more).slice(1)}`,
    )
    const headers = { 'content-type': 'application/json' }
    const answer = await admin.ask({ method: 'POST', url: SCOPES, payload, headers })
    expect(answer.statusCode).toBe(400)
    expect((await read()).statusCode).toBe(404)
  })

  test('cannot have the name of an existing scope', async () => {
    await create({ name })
    expect((await create({ name, description: 'other' })).json()).toMatchObject({ status: 409, code: 'scope_exists' })
    expect((await read()).json()).toMatchObject({ description: '' })
  })
})

describe('a change of a scope', () => {
  test('needs the version that the caller has read', async () => {
    await create({ name })
    expect((await patch({ description: 'x' }, undefined)).json()).toMatchObject({ status: 428 })
    expect((await patch({ description: 'x' }, '"v2"')).json()).toMatchObject({ status: 412, code: 'stale_version' })
    expect((await patch({ description: 'x' }, 'W/"v1"')).statusCode).toBe(400)
    expect((await patch({ description: 'x' }, '"v1", "v2"')).statusCode).toBe(400)
    const changed = await patch({ description: 'x' }, '"v1"')
    expect([changed.statusCode, changed.headers['etag']]).toEqual([200, '"v2"'])
    expect((await read()).json()).toMatchObject({ description: 'x', version: 2 })
  })

  test('that two operators make at the same time succeeds for only one operator', async () => {
    await create({ name })
    const answers = await Promise.all([patch({ description: 'one' }, '"v1"'), patch({ description: 'two' }, '"v1"')])
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 412])
  })

  test('that changes nothing makes no new version and no event', async () => {
    await create({ name })
    const changed = await patch({ description: '', audience: null }, '"v1"')
    expect(changed.json()).toMatchObject({ version: 1, ended_tokens: 0 })
    expect(await eventsOf(name)).toHaveLength(1)
  })

  test('sets an audience and removes it again', async () => {
    await create({ name })
    expect((await patch({ audience: 'api://own' }, '"v1"')).json()).toMatchObject({ audience: 'api://own' })
    expect((await patch({ audience: null }, '"v2"')).json()).toMatchObject({ audience_is_default: true, version: 3 })
  })

  test('is answered 404 if the scope does not exist', async () => {
    expect((await patch({ description: 'x' }, '*')).json()).toMatchObject({ status: 404, code: 'no_such_scope' })
  })
})

describe('the deletion of a scope', () => {
  test('that nothing uses needs no force', async () => {
    await create({ name })
    expect((await remove()).statusCode).toBe(204)
    expect((await read()).statusCode).toBe(404)
    expect((await remove()).statusCode).toBe(404)
  })

  test('that is in use is refused with a list of its uses', async () => {
    await create({ name })
    await admin.ask({ method: 'POST', url: '/admin/v1/integrations', payload: { name, scopes: [name] } })
    const watching = { name, scopes: [MODEL], resource_server_for: [name] }
    await admin.ask({ method: 'POST', url: '/admin/v1/integrations', payload: watching })
    await admin.ask({ method: 'POST', url: '/admin/v1/apis', payload: { name, scope: name } })
    const before = (await read()).json<object>()
    for (const query of ['', '?force=false']) {
      expect((await remove(query)).json()).toMatchObject({
        status: 409,
        code: 'scope_in_use',
        in_use: { integrations: 2, live_tokens: 0, apis: [name] },
      })
    }
    expect((await read()).json()).toEqual(before)
  })

  test('by force also removes grants, rights and APIs', async () => {
    await create({ name })
    const payload = { name, scopes: [name, MODEL], resource_server_for: [name, PREDICT] }
    const made = await admin.ask({ method: 'POST', url: '/admin/v1/integrations', payload })
    const api = await admin.ask({ method: 'POST', url: '/admin/v1/apis', payload: { name, scope: name } })
    expect((await remove('?force=true')).statusCode).toBe(204)
    const { id } = made.json<{ id: string }>()
    const after = await admin.ask({ url: `/admin/v1/integrations/${id}` })
    expect(after.json()).toMatchObject({ scopes: [MODEL], resource_server_for: [PREDICT], version: 2 })
    expect((await admin.ask({ url: `/admin/v1/apis/${api.json<{ id: string }>().id}` })).statusCode).toBe(404)
    expect(await eventsOf(name)).toMatchObject([
      { event: 'scope.deleted', after: { integrations: 1, ended_tokens: 0 } },
      { event: 'scope.created' },
    ])
  })

  test('with a stale If-Match is refused', async () => {
    await create({ name })
    const stale = await admin.ask({ method: 'DELETE', url: pathOf(name), headers: { 'if-match': '"v9"' } })
    expect(stale.json()).toMatchObject({ status: 412 })
    expect((await read()).statusCode).toBe(200)
  })

  test.each(['?force=yes', '?force', '?force=true&force=true', '?other=1'])('refuses the query %s', async (query) => {
    await create({ name })
    expect((await remove(query)).statusCode).toBe(400)
    expect((await read()).statusCode).toBe(200)
  })
})

test('every change of a scope is in the audit trail with the changed members', async () => {
  await create({ name, description: 'one' })
  await patch({ description: 'two' }, '"v1"')
  await patch({ audience: 'api://own' }, '"v2"')
  await remove()
  const actor = expect.objectContaining({ kind: 'admin_key', id: 'adk_owner' }) as unknown
  expect(await eventsOf(name)).toMatchObject([
    { event: 'scope.deleted', actor, before: { audience: 'api://own', description: 'two' } },
    {
      event: 'scope.audience_changed',
      actor,
      before: { audience: 'api://default' },
      after: { audience: 'api://own', ended_tokens: 0 },
    },
    { event: 'scope.updated', actor, before: { description: 'one' }, after: { description: 'two' } },
    { event: 'scope.created', actor, after: { audience: 'api://default', description: 'one' } },
  ])
})
