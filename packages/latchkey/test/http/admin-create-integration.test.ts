// POST /admin/v1/integrations: valid creations, and the problems of invalid creations.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CreatedIntegration } from '../../src/http/contract/admin-api.ts'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { aServer, PREDICT } from '../a-server.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
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

/** Matches a list of zeros. The list has more than one zero if an hour has just ended. */
const zeros = (): number[] => expect.arrayContaining([0]) as number[]

describe('creating an integration', () => {
  test('answers 201 with the credentials and all settings', async () => {
    const answer = await admin.ask({ method: 'POST', url: INTEGRATIONS, payload: BILLING })
    const created = answer.json<Created>()
    expect(answer.statusCode).toBe(201)
    expect(answer.headers['location']).toBe(`${INTEGRATIONS}/${created.id}`)
    expect(created).toEqual({
      id: expect.stringMatching(/^int_[0-9a-f]{32}$/) as string,
      name: 'Billing sync',
      description: '',
      tags: [],
      client_id: expect.stringMatching(/^lk[a-z0-9]{14}$/) as string,
      client_secret: expect.stringMatching(/^lks_[A-Za-z0-9_-]{36}$/) as string,
      scopes: ['machinelearning.predict'],
      status: 'active',
      issue_mode: { kind: 'replace' },
      grace_seconds: 0,
      conditional: true,
      resource_server_for: [],
      allowed_addresses: [],
      authentication_methods: ['client_secret_basic', 'client_secret_post'],
      version: 1,
      created_at: expect.stringMatching(TIME) as string,
      updated_at: expect.stringMatching(TIME) as string,
      last_used: null,
      hourly: {
        since: expect.stringMatching(TIME) as string,
        from: expect.stringMatching(/:00:00Z$/) as string,
        ...{ issued: zeros(), refused: zeros(), denied: zeros() },
      },
      attention: [],
    })
  })

  test('takes every setting of an integration', async () => {
    const created = await create({
      name: 'Models API',
      description: 'Checks tokens',
      scopes: ['machinelearning.model', 'machinelearning.predict'],
      resource_server: true,
      issue_mode: { kind: 'stable', renew_before_seconds: 60 },
      grace_seconds: 300,
      conditional: false,
    })
    expect(created).toMatchObject({
      description: 'Checks tokens',
      resource_server_for: ['machinelearning.model', 'machinelearning.predict'],
      issue_mode: { kind: 'stable', renew_before_seconds: 60 },
      grace_seconds: 300,
      conditional: false,
    })
  })

  test('with stable mode sets the renewal to 300 seconds before the expiry by default', async () => {
    const created = await create({ ...BILLING, issue_mode: { kind: 'stable' } })
    expect(created).toMatchObject({ issue_mode: { kind: 'stable', renew_before_seconds: 300 } })
  })

  test('logs the actor, but no secret and no name', async () => {
    const created = await create({ ...BILLING, name: 'Planted name' })
    expect(admin.log()).toContain('"event":"integration.created"')
    expect(admin.log()).toContain('"actor_id":"adk_owner"')
    expect(admin.log()).toContain(`"target_id":"${created.id}"`)
    expect(admin.log()).not.toContain(created.client_secret)
    expect(admin.log()).not.toContain(admin.keys.owner)
    expect(admin.log()).not.toContain('Planted name')
  })

  test('returns credentials that are valid at once', async () => {
    const server = await aServer()
    expect((await server.requestToken(await server.integration({ scopes: [PREDICT] }))).status).toBe(200)
  })
})

describe('a refused body is answered with a JSON pointer to the member and the expected value:', () => {
  const long = 'x'.repeat(200)
  test.each([
    ['an unknown member', { ...BILLING, nmae: 'x' }, '/nmae', 'is not a member of this request'],
    ['a member with a slash', { ...BILLING, 'a/b~c': 1 }, '/a~1b~0c', 'is not a member of this request'],
    ['a missing name', { scopes: ['machinelearning.predict'] }, '/name', 'is missing'],
    ['missing scopes', { name: 'x' }, '/scopes', 'is missing'],
    ['a number as the name', { ...BILLING, name: 7 }, '/name', 'must be a string'],
    ['null as the name', { ...BILLING, name: null }, '/name', 'must be a string'],
    ['text as the scopes', { ...BILLING, scopes: 'machinelearning.predict' }, '/scopes', 'must be an array'],
    ['a number among the scopes', { ...BILLING, scopes: [1] }, '/scopes/0', 'must be a string'],
    ['no scope', { ...BILLING, scopes: [] }, '/scopes', 'must have at least 1 entry'],
    ['a scope twice', { ...BILLING, scopes: ['a', 'a'] }, '/scopes', 'must not name anything twice'],
    [
      '101 scopes',
      { ...BILLING, scopes: Array.from({ length: 101 }, (_, i) => `s${String(i)}`) },
      '/scopes',
      '100 entries',
    ],
    ['text as a yes', { ...BILLING, resource_server: 'true' }, '/resource_server', 'must be a boolean'],
    ['text as a number', { ...BILLING, grace_seconds: '10' }, '/grace_seconds', 'must be an integer'],
    ['half a second', { ...BILLING, grace_seconds: 0.5 }, '/grace_seconds', 'must be an integer'],
    ['too much grace', { ...BILLING, grace_seconds: 301 }, '/grace_seconds', 'must be at most 300'],
    ['negative grace', { ...BILLING, grace_seconds: -1 }, '/grace_seconds', 'must be at least 0'],
    ['an unknown mode', { ...BILLING, issue_mode: { kind: 'x' } }, '/issue_mode/kind', 'must be replace or stable'],
    ['a mode as text', { ...BILLING, issue_mode: 'stable' }, '/issue_mode', 'must be an object'],
    [
      'an unknown member of the mode',
      { ...BILLING, issue_mode: { kind: 'replace', x: 1 } },
      '/issue_mode/x',
      'is not a member',
    ],
    ['an empty name', { ...BILLING, name: '' }, '/name', 'at least 1 character'],
    ['a long name', { ...BILLING, name: long }, '/name', 'at most 120 characters'],
    ['a name of spaces', { ...BILLING, name: '   ' }, '/name', 'no space at its ends'],
    ['a line break in the name', { ...BILLING, name: 'a\nb' }, '/name', 'control or direction character'],
    ['NUL in the name', { ...BILLING, name: 'a\0b' }, '/name', 'control or direction character'],
    ['an escape in the name', { ...BILLING, name: 'a\u001b[31mb' }, '/name', 'control or direction character'],
    ['a right-to-left override', { ...BILLING, name: 'a\u202eb' }, '/name', 'control or direction character'],
    ['a direction isolate', { ...BILLING, name: 'a\u2066b' }, '/name', 'control or direction character'],
    ['a zero-width space', { ...BILLING, name: 'Bil\u200bling' }, '/name', 'invisible'],
    ['a filler in a tag', { ...BILLING, tags: ['a\u3164'] }, '/tags/0', 'invisible'],
    ['a word joiner in the description', { ...BILLING, description: 'a\u2060b' }, '/description', 'invisible'],
    ['a line separator', { ...BILLING, name: 'a\u2028b' }, '/name', 'control or direction character'],
    ['a lone surrogate', { ...BILLING, name: 'a\ud800b' }, '/name', 'control or direction character'],
    [
      'a line break in the description',
      { ...BILLING, description: 'a\nb' },
      '/description',
      'control or direction character',
    ],
    ['an array', [], '', 'must be an object'],
    ['text', '"text"', '', 'must be an object'],
    ['null', 'null', '', 'must be an object'],
  ])('%s', async (_what, payload, pointer, detail) => {
    const { ask } = admin
    const headers = { 'content-type': 'application/json' }
    const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload, headers })
    expect(answer.statusCode).toBe(400)
    const problem = answer.json<{ code: string; detail: string; errors: { pointer: string; detail: string }[] }>()
    expect(problem.code).toBe('invalid_request')
    expect(problem.errors[0]?.pointer).toBe(pointer)
    expect(problem.errors[0]?.detail).toContain(detail)
    expect(problem.detail).toContain(detail)
  })

  test('an unknown scope, with the known scopes', async () => {
    const { ask } = admin
    const payload = { ...BILLING, scopes: ['machinelearning.predict', 'machinelearning.predcit'] }
    const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({
      code: 'unknown_scope',
      detail:
        '"machinelearning.predcit" is not a scope of this server. Its scopes are machinelearning.model, machinelearning.predict.',
      errors: [{ pointer: '/scopes/1' }],
    })
  })

  test('a renewal time in the mode replace, in which every request gets a new token', async () => {
    const { ask } = admin
    const payload = { ...BILLING, issue_mode: { kind: 'replace', renew_before_seconds: 60 } }
    const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload })
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/issue_mode/renew_before_seconds' }] })
  })

  test('the resource-server right, given in two contradictory forms', async () => {
    const payload = { ...BILLING, resource_server: true, resource_server_for: ['machinelearning.model'] }
    const answer = await admin.ask({ method: 'POST', url: INTEGRATIONS, payload })
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/resource_server' }] })
  })

  test('several members at once', async () => {
    const { ask } = admin
    const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload: { name: 7, scopes: 'x', more: 1 } })
    const { errors } = answer.json<{ errors: { pointer: string }[] }>()
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(['/more', '/name', '/scopes'])
  })

  test('many wrong members: the answer lists twenty of them', async () => {
    const { ask } = admin
    const flood = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`x${String(i)}`, 1]))
    const answer = await ask({ method: 'POST', url: INTEGRATIONS, payload: flood })
    expect(answer.json<{ errors: unknown[] }>().errors).toHaveLength(20)
  })
})

describe('an unreadable body is refused', () => {
  const send = async (payload: string, type = 'application/json') => {
    const { ask } = admin
    return ask({ method: 'POST', url: INTEGRATIONS, payload, headers: { 'content-type': type } })
  }

  test.each([
    '{"name":"x","scopes":["machinelearning.predict"],"__proto__":{"admin":true}}',
    '{"name":"x","scopes":["machinelearning.predict"],"constructor":{"prototype":{"admin":true}}}',
    '{"name":"x","scopes":["machinelearning.predict"],"issue_mode":{"__proto__":{"kind":"stable"}}}',
    '{"name":"x"',
    '',
  ])('with 400: %s', async (payload) => {
    const answer = await send(payload)
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(Object.prototype).not.toHaveProperty('admin')
  })

  test.each([
    ['{"__proto__":{"admin":true}}', '/__proto__'],
    ['{"\\u005f_proto__":{"admin":true}}', '/__proto__'],
    ['{"issue_mode":{"a/b":[{"__proto__":1}]}}', '/issue_mode/a~1b/0/__proto__'],
    ['{"constructor":{"prototype":{"admin":true}}}', '/constructor'],
  ])('with 400, and the answer names the member: %s', async (payload, pointer) => {
    const detail = 'is not a member of this request'
    expect((await send(payload)).json()).toMatchObject({ status: 400, errors: [{ pointer, detail }] })
  })

  test('with 400: a byte that is not UTF-8', async () => {
    const payload = Buffer.from(JSON.stringify({ ...BILLING, name: 'Caf\u00e9' }), 'latin1')
    const answer = await admin.ask({
      method: 'POST',
      url: INTEGRATIONS,
      payload,
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.json()).toMatchObject({ status: 400, detail: 'The body is not UTF-8.' })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html'])(
    'with 415: %s',
    async (type) => {
      expect((await send(JSON.stringify(BILLING), type)).json()).toMatchObject({ code: 'unsupported_media_type' })
    },
  )

  test('with 413: more than 64 KiB', async () => {
    const answer = await send(JSON.stringify({ ...BILLING, description: 'x'.repeat(65_537) }))
    expect(answer.json()).toMatchObject({ status: 413, code: 'body_too_large' })
  })
})

describe('a name with special characters', () => {
  test.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "Robert'); DROP TABLE integrations;--",
    'Ünï ☃ 日本語',
    '😀'.repeat(60),
  ])('%s is returned exactly as it was sent', async (name) => {
    const { id } = await create({ ...BILLING, name })
    const answer = await admin.ask({ url: `${INTEGRATIONS}/${id}` })
    expect(answer.headers['content-type']).toContain('application/json')
    expect(answer.json<{ name: string }>().name).toBe(name)
  })
})
