// Access to the admin listener: keys, roles, Host headers, and the fixed list of open routes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RouteRule, ROUTE_RULES, ruleFor } from '../../src/http/admin/access/route-rules.ts'
import { anAdminListener, HOST, startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { aServer, startTestServer, TestClock, type TestServer } from '../a-server.ts'

const INTEGRATIONS = '/admin/v1/integrations'
const guarded = ROUTE_RULES.filter(({ allows }) => allows !== 'anyone')
const open = ROUTE_RULES.filter(({ allows }) => allows === 'anyone')

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

const urlOf = (pattern: string) => pattern.replaceAll(/:[a-z]+/g, 'none').replace('*', 'none')

describe('every route', () => {
  test('that is open to everyone reveals no content of the store', () => {
    const pages = ['/problems', '/docs', '/docs/*', '/admin/v1/openapi.json']
    const areas = ['/models', '/platform', '/activity', '/settings'].flatMap((area) => [area, `${area}/*`])
    const signingIn = ['/admin/v1/session', '/admin/v1/setup', '/admin/v1/setup/check']
    expect(open.map(({ url }) => url)).toEqual([
      ...['/', '/livez', '/readyz', '/version', ...pages, ...areas, '/set-up', '/sign-in', '/assets/*'],
      ...['/admin/v1/setup', ...signingIn],
    ])
    expect(open.filter(({ method }) => method !== 'GET').map(({ url }) => url)).toEqual(signingIn)
  })

  // The server of this test has no built console, so it serves no files.
  const FILES = ['/assets/*', '/docs/*']
  test.each(open.filter(({ method, url }) => method === 'GET' && !FILES.includes(url)))(
    '$url answers without a key',
    async ({ url }) => {
      const { ask } = admin
      expect((await ask({ url, headers: { authorization: undefined } })).statusCode).toBe(200)
    },
  )

  test.each(guarded)('$method $url answers 401 without a key, with a challenge', async ({ method, url }) => {
    const { ask } = admin
    const answer = await ask({ method, url: urlOf(url), headers: { authorization: undefined } })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="latchkey-admin"')
    expect(answer.json()).toMatchObject({ code: 'admin_key_needed', status: 401 })
  })

  test('without an access rule makes the listener refuse to start', async () => {
    const { app } = await anAdminListener()
    void app.register(async (routes) => {
      routes.get('/admin/v1/forgotten', (_request, reply) => reply.send('open'))
    })
    await expect(app.ready()).rejects.toThrow('no access rule exists for GET /admin/v1/forgotten')
    expect(() => ruleFor('PUT', INTEGRATIONS)).toThrow('no access rule')
  })
})

describe('a caller', () => {
  const RANK = { anyone: 0, viewer: 1, editor: 2, owner: 3 } as const
  const clock = new TestClock()
  const credentials: Record<string, string> = {}
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ clock })
    const root = `Bearer ${server.adminKey.reveal()}`
    const newKey = async (role: string, expiresAt?: number) => {
      const expires_at = expiresAt === undefined ? undefined : new Date(expiresAt * 1000).toISOString()
      const body = JSON.stringify({ name: role, role, expires_at })
      const headers = { authorization: root, 'content-type': 'application/json' }
      const made = await fetch(`${server.adminUrl}/admin/v1/admin-keys`, { method: 'POST', headers, body })
      return (await made.json()) as { readonly id: string; readonly admin_key: string }
    }
    const expired = await newKey('owner', clock.now() + 1)
    const revoked = await newKey('owner')
    const url = `${server.adminUrl}/admin/v1/admin-keys/${revoked.id}`
    expect((await fetch(url, { method: 'DELETE', headers: { authorization: root } })).status).toBe(204)
    clock.advance(1)
    const integration = await server.integration()
    credentials['an unknown key'] = `lka_${'0'.repeat(43)}`
    credentials['an expired key'] = expired.admin_key
    credentials['a revoked key'] = revoked.admin_key
    credentials['an access token'] = await server.token(integration)
    credentials['a client secret'] = integration.clientSecret.reveal()
    for (const role of ['viewer', 'editor', 'owner']) credentials[role] = (await newKey(role)).admin_key
  })
  afterAll(() => server.stop())

  async function statusFor({ method, url }: RouteRule, key: string | undefined): Promise<string> {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
    const answer = await fetch(`${server.adminUrl}${urlOf(url)}`, { method, headers })
    // The response never ends because it is a stream of events, so the test does not wait for its end.
    if (answer.headers.get('content-type') === 'text/event-stream') await answer.body?.cancel()
    else if ((await answer.text()).includes('"code":"unknown_route"')) return 'no such route'
    return answer.status === 401 || answer.status === 403 ? String(answer.status) : 'let in'
  }

  // The route /assets/* is left out, because the console has no file of this name.
  test.each(ROUTE_RULES.filter(({ url }) => url !== '/assets/*'))(
    '$method $url follows its rule: $allows',
    async (rule) => {
      const judged = { nothing: await statusFor(rule, undefined) }
      for (const [who, key] of Object.entries(credentials)) Object.assign(judged, { [who]: await statusFor(rule, key) })
      const unproven = rule.allows === 'anyone' ? 'let in' : '401'
      const proven = (role: 'viewer' | 'editor' | 'owner') => (RANK[role] >= RANK[rule.allows] ? 'let in' : '403')
      expect(judged).toEqual({
        nothing: unproven,
        'an unknown key': unproven,
        'an expired key': unproven,
        'a revoked key': unproven,
        'an access token': unproven,
        'a client secret': unproven,
        viewer: proven('viewer'),
        editor: proven('editor'),
        owner: proven('owner'),
      })
    },
  )
})

describe('a key', () => {
  test.each([
    ['unknown', 'Bearer lka_0000000000000000000000000000000000000000000'],
    ['empty', 'Bearer '],
    ['of another scheme', 'Basic bGs6bGtz'],
    ['with a space inside', 'Bearer lka_a b'],
    ['5000 characters long', `Bearer ${'a'.repeat(5000)}`],
    ['named __proto__', 'Bearer __proto__'],
  ])('that is %s gets the answer 401', async (_what, authorization) => {
    const { ask } = admin
    expect((await ask({ url: INTEGRATIONS, headers: { authorization } })).statusCode).toBe(401)
  })

  test('that is wrong appears in no log', async () => {
    const { ask, log } = admin
    await ask({ url: INTEGRATIONS, headers: { authorization: 'Bearer lka_planted_wrong_key' } })
    expect(log()).toContain('"event":"auth.denied"')
    expect(log()).toContain('"reason":"unknown_admin_key"')
    expect(log()).not.toContain('planted')
  })

  test('that is limited to loopback is accepted on this machine, but neither from another machine nor through a proxy', async () => {
    const { ask, keys } = admin
    const authorization = `Bearer ${keys.local}`
    const statusFrom = async (remoteAddress: string, headers: Record<string, string> = {}) =>
      (await ask({ url: INTEGRATIONS, remoteAddress, headers: { authorization, ...headers } })).statusCode
    expect(await statusFrom('127.0.0.1')).toBe(200)
    expect(await statusFrom('::1')).toBe(200)
    expect(await statusFrom('::ffff:127.0.0.1')).toBe(200)
    expect(await statusFrom('192.0.2.7')).toBe(401)
    expect(await statusFrom('::ffff:192.0.2.7')).toBe(401)
    expect(await statusFrom('127.0.0.1', { 'x-forwarded-for': '192.0.2.7' })).toBe(401)
    expect(await statusFrom('127.0.0.1', { forwarded: 'for=127.0.0.1' })).toBe(401)
  })

  test('that is not limited to loopback is accepted from another machine', async () => {
    const { ask } = admin
    expect((await ask({ url: INTEGRATIONS, remoteAddress: '192.0.2.7' })).statusCode).toBe(200)
  })
})

describe('the Host header', () => {
  test.each(['127.0.0.1:8081', 'localhost:8081', 'LOCALHOST:8081', '[::1]:8081'])('%s is accepted', async (host) => {
    const { ask } = admin
    expect((await ask({ url: '/livez', headers: { host } })).statusCode).toBe(200)
  })

  test.each([
    'evil.example:8081',
    'localhost.evil.example:8081',
    '127.0.0.1.evil.example:8081',
    '127.0.0.1',
    '127.0.0.1:8080',
    '127.0.0.1:8081:8081',
    '192.0.2.1:8081',
    'user@127.0.0.1:8081',
    '[::1]',
    '',
  ])('"%s" is refused on every route before the key is checked', async (host) => {
    const { ask } = admin
    for (const { method, url } of ROUTE_RULES) {
      const answer = await ask({ method, url: urlOf(url), headers: { host, authorization: undefined } })
      expect(answer.json()).toMatchObject({ code: 'wrong_host', status: 421 })
    }
  })
})

test('an access token of this server gives no access to the admin listener', async () => {
  const server = await aServer()
  const token = await server.token(await server.integration())
  const answer = await fetch(`${server.adminUrl}${INTEGRATIONS}`, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(401)
  await answer.arrayBuffer()
})

test('the credentials of an integration give no access to the admin listener', async () => {
  const server = await aServer()
  const { basic, clientSecret } = await server.integration()
  for (const authorization of [basic, `Bearer ${clientSecret.reveal()}`]) {
    const answer = await fetch(`${server.adminUrl}${INTEGRATIONS}`, { headers: { authorization } })
    expect(answer.status).toBe(401)
    await answer.arrayBuffer()
  }
})

describe('every answer', () => {
  test.each<readonly [string, { url: string; headers?: Record<string, string | undefined> }]>([
    ['that went well', { url: INTEGRATIONS }],
    ['to a request without a key', { url: INTEGRATIONS, headers: { authorization: undefined } }],
    ['to a wrong Host', { url: '/', headers: { host: 'evil.example' } }],
    ['on a path that does not exist', { url: '/nowhere' }],
    ['on a path that cannot be decoded', { url: '/admin/v1/integrations/%zz' }],
    ['of a health check', { url: '/livez' }],
  ])('%s is not cached and has the request id', async (_what, request) => {
    const { ask } = admin
    const { headers } = await ask({ ...request, headers: { 'x-request-id': 'mine.1', ...request.headers } })
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'mine.1',
    })
  })

  test.each(['a'.repeat(65), 'two words', '<script>', 'a"b', ''])(
    'gets a new request id if the caller sends "%s"',
    async (given) => {
      const { ask } = admin
      const { headers } = await ask({ url: '/livez', headers: { 'x-request-id': given } })
      expect(headers['x-request-id']).toMatch(/^req_[0-9a-z]+$/)
    },
  )

  test('that is a problem document contains the request id', async () => {
    const { ask } = admin
    const answer = await ask({ url: '/nowhere', headers: { 'x-request-id': 'mine.2' } })
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toEqual({
      type: '/problems#unknown_route',
      title: 'The resource does not exist',
      status: 404,
      detail: 'No route has this method and path. The admin API is under /admin/v1.',
      code: 'unknown_route',
      request_id: 'mine.2',
    })
  })
})

test('the health checks report process, store and version', async () => {
  const { ask } = admin
  expect((await ask({ url: '/livez' })).json()).toEqual({ status: 'alive' })
  expect((await ask({ url: '/readyz' })).json()).toEqual({ status: 'ready' })
  expect((await ask({ url: '/version' })).json()).toEqual({ version: '1.2.3' })
})

test('if the store fails the server answers 503 with Retry-After and is not ready', async () => {
  const { ask, closeStore } = await anAdminListener()
  await closeStore()
  const answer = await ask({ url: '/readyz' })
  expect(answer.statusCode).toBe(503)
  expect(answer.headers['retry-after']).toMatch(/^[0-9]+$/)
  expect(answer.json()).toMatchObject({ code: 'store_unavailable' })
})

test('the page / describes the listener in two lines', async () => {
  const { ask } = admin
  const { body, headers } = await ask({ url: '/' })
  expect(headers['content-type']).toContain('text/plain')
  expect(body.trimEnd().split('\n')).toHaveLength(2)
  expect(body).toContain('/admin/v1')
})

test('through a forwarded port, only the Host header of the listener is accepted', async () => {
  const { ask } = admin
  const answer = await ask({ url: '/livez', headers: { host: 'evil.example:8081', 'x-forwarded-host': HOST } })
  expect(answer.statusCode).toBe(421)
})
