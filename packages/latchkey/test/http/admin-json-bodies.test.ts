// Every route of the admin listener refuses a JSON body with a repeated member.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTE_RULES } from '../../src/http/admin/access/route-rules.ts'
import { PREDICT } from '../a-server.ts'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

const send = (method: string, url: string, payload: string) =>
  admin.ask({ method, url, payload, headers: { 'content-type': 'application/json' } })

const withBody = ROUTE_RULES.filter(({ method }) => method === 'POST' || method === 'PATCH')

test.each(withBody)('$method $url refuses a body with a repeated member', async ({ method, url }) => {
  const answer = await send(method, url.replaceAll(/:\w+/g, 'none'), '{"name":"a","name":"b"}')
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({
    code: 'invalid_request',
    detail: '/name is there twice.',
    errors: [{ pointer: '/name', detail: 'is there twice' }],
  })
})

describe('a repeated member is refused with its pointer, without any change,', () => {
  test.each([
    [`{"name":"Twice","scopes":["${PREDICT}"],"scopes":["${PREDICT}"]}`, '/scopes'],
    [`{"name":"Twice","scopes":["${PREDICT}"],"n\\u0061me":"Twice"}`, '/name'],
    [`{"name":"Twice","scopes":["${PREDICT}"],"issue_mode":{"kind":"stable","kind":"replace"}}`, '/issue_mode/kind'],
    [`{"name":"Twice","scopes":["${PREDICT}"],"tags":[{"a/b":1,"a/b":2}]}`, '/tags/0/a~1b'],
  ])('in the body of %s', async (payload, pointer) => {
    const answer = await send('POST', '/admin/v1/integrations', payload)
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer, detail: 'is there twice' }] })
    const { items } = (await admin.ask({ url: '/admin/v1/integrations?search=Twice' })).json<{ items: unknown[] }>()
    expect(items).toEqual([])
  })

  test('in an entry of a manifest', async () => {
    const entry = `{"name":"Twice","scopes":["${PREDICT}"],"grace_seconds":0,"grace_seconds":300}`
    const answer = await send('POST', '/admin/v1/apply', `{"integrations":[${entry}]}`)
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/integrations/0/grace_seconds' }] })
  })
})
