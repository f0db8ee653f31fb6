// /admin/v1/admin-keys: creation, use and revocation of admin keys.
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AdminKey, CreatedAdminKey, List } from '../../src/http/contract/admin-api.ts'
import { anAdminListener, startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'
import { aFolder } from '../a-folder.ts'
import { aServer, startTestServer, TestClock } from '../a-server.ts'

const KEYS = '/admin/v1/admin-keys'
const SCOPES = '/admin/v1/scopes'

let admin: TestAdminListener
beforeAll(async () => {
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

const create = (body: object, of = admin): Promise<LightMyRequestResponse> =>
  of.ask({ method: 'POST', url: KEYS, payload: body })
const aKey = async (role = 'viewer', of = admin): Promise<CreatedAdminKey> =>
  (await create({ name: 'A key', role }, of)).json<CreatedAdminKey>()
const revoke = (id: string, of = admin): Promise<LightMyRequestResponse> =>
  of.ask({ method: 'DELETE', url: `${KEYS}/${id}` })
const list = async (of = admin): Promise<readonly AdminKey[]> =>
  (await of.ask({ url: KEYS })).json<List<AdminKey>>().items
const statusWith = async (key: string, url = SCOPES, method: 'GET' | 'POST' = 'GET'): Promise<number> =>
  (await admin.ask({ method, url, headers: { authorization: `Bearer ${key}` } })).statusCode

describe('a new admin key', () => {
  test('is shown once, and is accepted at once with the rights of its role', async () => {
    const answer = await create({ name: 'Dashboard', role: 'viewer' })
    expect(answer.statusCode).toBe(201)
    expect(answer.headers['cache-control']).toBe('no-store')
    const key = answer.json<CreatedAdminKey>()
    expect(key).toMatchObject({
      id: expect.stringMatching(/^adk_[0-9a-f]{32}$/) as string,
      name: 'Dashboard',
      role: 'viewer',
      loopback_only: false,
      expires_at: null,
      last_used: null,
      status: 'active',
      admin_key: expect.stringMatching(/^lka_[\w-]{43}$/) as string,
    })
    expect(await statusWith(key.admin_key)).toBe(200)
    expect(await statusWith(key.admin_key, SCOPES, 'POST')).toBe(403)
    expect(await statusWith(key.admin_key, KEYS)).toBe(403)
  })

  test('appears in no list, log or audit event, and neither does its hash', async () => {
    const { admin_key: key, id } = await aKey('editor')
    await statusWith(key)
    const audit = await admin.ask({ url: `/admin/v1/audit?target=${id}` })
    for (const text of [JSON.stringify(await list()), admin.log(), audit.body]) {
      expect(text).not.toContain(key)
      expect(text).not.toContain('"hash"')
    }
    expect(audit.json()).toMatchObject({ items: [{ event: 'admin_key.created', after: { role: 'editor' } }] })
  })

  test.each<readonly [string, object, string]>([
    ['no name', { name: undefined }, '/name'],
    ['an empty name', { name: '' }, '/name'],
    ['a name with a direction override', { name: 'a\u202eb' }, '/name'],
    ['a name with a zero-width space', { name: 'a\u200bb' }, '/name'],
    ['a name of 10 kB', { name: 'a'.repeat(10_000) }, '/name'],
    ['no role', { role: undefined }, '/role'],
    ['an unknown role', { role: 'root' }, '/role'],
    ['a hash of its own', { hash: 'x' }, '/hash'],
    ['an id of its own', { id: 'adk_mine' }, '/id'],
    ['an end that is no time', { expires_at: 'tomorrow' }, '/expires_at'],
    ['an end in the past', { expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    ['an end in a hundred years', { expires_at: '2120-01-01T00:00:00Z' }, '/expires_at'],
    ['an end that is a number', { expires_at: 1 }, '/expires_at'],
  ])('is not created with %s', async (_what, wrong, pointer) => {
    const before = (await list()).length
    const answer = await create({ name: 'Bad', role: 'viewer', ...wrong })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer }] })
    expect(await list()).toHaveLength(before)
  })
})

describe('a key that is revoked', () => {
  test('is refused from the next request on, and stays in the list', async () => {
    const { id, admin_key: key } = await aKey()
    expect(await statusWith(key)).toBe(200)
    expect((await revoke(id)).statusCode).toBe(204)
    expect(await statusWith(key)).toBe(401)
    expect((await list()).find((item) => item.id === id)).toMatchObject({ status: 'revoked' })
  })

  test('can be revoked again, without a second event', async () => {
    const { id } = await aKey()
    expect([(await revoke(id)).statusCode, (await revoke(id)).statusCode]).toEqual([204, 204])
    const { items } = (await admin.ask({ url: `/admin/v1/audit?target=${id}` })).json<{ items: unknown[] }>()
    expect(items).toMatchObject([{ event: 'admin_key.revoked' }, { event: 'admin_key.created' }])
  })

  test('gets the same answer as an unknown key, and only the log shows the difference', async () => {
    const { id, admin_key: key } = await aKey()
    await revoke(id)
    const answers = await Promise.all(
      [key, admin.keys.expired, 'lka_never'].map((each) =>
        admin.ask({ url: SCOPES, headers: { authorization: `Bearer ${each}`, 'x-request-id': 'same' } }),
      ),
    )
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect(new Set(answers.map(({ headers }) => headers['www-authenticate'])).size).toBe(1)
    expect(admin.log()).toContain('"reason":"admin_key_revoked"')
    expect(admin.log()).toContain('"reason":"admin_key_expired"')
  })

  test('may be the key that authenticates the request', async () => {
    const { id, admin_key: key } = await aKey('owner')
    const headers = { authorization: `Bearer ${key}` }
    expect((await admin.ask({ method: 'DELETE', url: `${KEYS}/${id}`, headers })).statusCode).toBe(204)
    expect(await statusWith(key)).toBe(401)
  })

  test('is answered 404 if no such key exists', async () => {
    expect((await revoke('adk_none')).json()).toMatchObject({ status: 404, code: 'unknown_admin_key' })
  })
})

test('the last valid key of an owner cannot be revoked, even if another key of an owner exists but has expired', async () => {
  const own = await anAdminListener()
  expect((await revoke('adk_local', own)).statusCode).toBe(204)
  const answer = await revoke('adk_owner', own)
  expect(answer.json()).toMatchObject({ status: 409, code: 'last_owner_key' })
  expect((await revoke('adk_expired', own)).statusCode).toBe(204)
  const { id } = await aKey('owner', own)
  expect((await revoke(id, own)).statusCode).toBe(204)
  expect((await revoke('adk_owner', own)).statusCode).toBe(409)
  expect((await list(own)).find((key) => key.id === 'adk_owner')).toMatchObject({ status: 'active' })
})

test("if two owners revoke each other's keys at once, one of the keys stays valid", async () => {
  const own = await anAdminListener()
  await revoke('adk_local', own)
  const { id } = await aKey('owner', own)
  const answers = await Promise.all([revoke(id, own), revoke('adk_owner', own)])
  expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([204, 409])
})

describe('the last use of a key', () => {
  test('has time and address of the last accepted request, not of a refused one', async () => {
    const { id, admin_key: key } = await aKey()
    const lastUse = async () => (await list()).find((item) => item.id === id)?.last_used
    expect(await lastUse()).toBeNull()
    await admin.ask({
      url: SCOPES,
      remoteAddress: '192.0.2.7',
      headers: { authorization: `Bearer ${key}`, 'user-agent': 'tool/1' },
    })
    expect(await lastUse()).toMatchObject({ address: '192.0.2.7', user_agent: 'tool/1' })
    await revoke(id)
    await admin.ask({ url: SCOPES, remoteAddress: '192.0.2.8', headers: { authorization: `Bearer ${key}` } })
    expect(await lastUse()).toMatchObject({ address: '192.0.2.7' })
  })

  test('is still known after a restart', async () => {
    const env = { LATCHKEY_DATA_DIR: aFolder() }
    const ask = async (server: { adminUrl: string; adminKey: { reveal(): string } }) => {
      const headers = { authorization: `Bearer ${server.adminKey.reveal()}`, 'user-agent': 'before' }
      return (await (await fetch(`${server.adminUrl}${KEYS}`, { headers })).json()) as List<AdminKey>
    }
    const first = await startTestServer({ env })
    await ask(first)
    await first.stop()
    const second = await startTestServer({ env })
    const headers = { authorization: `Bearer ${second.adminKey.reveal()}`, 'user-agent': 'after' }
    const made = await fetch(`${second.adminUrl}${KEYS}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Never used', role: 'owner' }),
    })
    const { admin_key: other } = (await made.json()) as CreatedAdminKey
    await second.stop()
    const third = await startTestServer({ env })
    const answer = await fetch(`${third.adminUrl}${KEYS}`, { headers: { authorization: `Bearer ${other}` } })
    const { items } = (await answer.json()) as List<AdminKey>
    expect(items).toMatchObject([
      { name: 'local key', role: 'owner', loopback_only: true, last_used: { user_agent: 'after' } },
      { name: 'Never used', status: 'active' },
    ])
    await third.stop()
  })
})

test('a key is refused from the second of its expiry on', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}`, 'content-type': 'application/json' }
  const end = new Date((clock.now() + 60) * 1000).toISOString()
  const made = await fetch(`${server.adminUrl}${KEYS}`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'For a minute', role: 'viewer', expires_at: end }),
  })
  const { admin_key: key, id } = (await made.json()) as CreatedAdminKey
  const statusNow = async () =>
    (await fetch(`${server.adminUrl}${SCOPES}`, { headers: { authorization: `Bearer ${key}` } })).status
  clock.advance(59)
  expect(await statusNow()).toBe(200)
  clock.advance(1)
  expect(await statusNow()).toBe(401)
  const { items } = (await (await fetch(`${server.adminUrl}${KEYS}`, { headers })).json()) as List<AdminKey>
  expect(items.find((item) => item.id === id)).toMatchObject({
    status: 'expired',
    expires_at: end.replace('.000Z', 'Z'),
  })
})
