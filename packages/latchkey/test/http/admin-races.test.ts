// Several operators change one record at the same time, or a client repeats a request too late.
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { aServer, PREDICT, TestClock, type TestServer } from '../a-server.ts'
import { RawConnection, requestBytes } from '../raw-http.ts'
import { operator } from '../some-secrets.ts'

interface Named {
  readonly id: string
  readonly name: string
  readonly description: string
}

const remove = ({ adminUrl, adminKey }: TestServer, path: string): Promise<Response> =>
  fetch(`${adminUrl}/admin/v1${path}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${adminKey.reveal()}` },
  })

const anOwnerKey = async (server: TestServer) =>
  (await operator(server)<{ id: string; admin_key: string }>('POST', '/admin-keys', { name: 'Owner', role: 'owner' }))
    .body

describe('two concurrent changes of one integration, without a version,', () => {
  test('both take effect if they change different members', async () => {
    const server = await aServer()
    const { id } = await server.integration()
    const change = (body: object) => operator(server)('PATCH', `/integrations/${id}`, body, { 'if-match': '*' })
    const answers = await Promise.all([change({ name: 'Renamed' }), change({ description: 'Described' })])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const { body } = await operator(server)<Named>('GET', `/integrations/${id}`)
    expect(body).toMatchObject({ name: 'Renamed', description: 'Described' })
  })
})

test('a manifest that is applied several times at once changes the server only once', async () => {
  const server = await aServer()
  const declared = { integrations: [{ name: 'Declared', scopes: [PREDICT] }] }
  const answers = await Promise.all(Array.from({ length: 5 }, () => operator(server)('POST', '/apply', declared)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  const { body } = await operator(server)<{ items: Named[] }>('GET', '/integrations?search=Declared')
  expect(body.items).toHaveLength(1)
})

describe('a request that is repeated with its Idempotency-Key', () => {
  test('creates nothing after the integration that it created was deleted', async () => {
    const server = await aServer()
    const create = () =>
      operator(server)<Named & { code?: string }>(
        'POST',
        '/integrations',
        { name: 'Once', scopes: [PREDICT] },
        { 'idempotency-key': 'once' },
      )
    await remove(server, `/integrations/${(await create()).body.id}`)
    expect(await create()).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })

  test('creates nothing after the secret that it created was ended and removed', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    const { id } = await server.integration()
    const rotate = (key?: string) =>
      operator(server)(
        'POST',
        `/integrations/${id}/rotate-secret`,
        { overlap_seconds: 0 },
        key === undefined ? {} : { 'idempotency-key': key },
      )
    await rotate('once')
    for (let i = 0; i < 10; i++) {
      clock.advance(1)
      await rotate()
    }
    expect(await rotate('once')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })
})

test('each of twenty simultaneous rotations is answered with its secret', async () => {
  const server = await aServer()
  const { id } = await server.integration()
  const rotate = () => operator(server)('POST', `/integrations/${id}/rotate-secret`, { overlap_seconds: 0 })
  const answers = await Promise.all(Array.from({ length: 20 }, rotate))
  expect(new Set(answers.map(({ body }) => body.client_secret)).size).toBe(20)
  expect(answers.every(({ status }) => status === 201)).toBe(true)
})

test('an admin key that is revoked while its request still arrives creates no other admin key', async () => {
  const server = await aServer()
  const leaked = await anOwnerKey(server)
  const bytes = requestBytes(server.adminUrl, {
    target: '/admin/v1/admin-keys',
    headers: [
      ['Authorization', `Bearer ${leaked.admin_key}`],
      ['Content-Type', 'application/json'],
    ],
    body: JSON.stringify({ name: 'Back door', role: 'owner' }),
  })
  const connection = await RawConnection.open(server.adminUrl)
  connection.write(bytes.subarray(0, -1))
  // The recorded use of the key shows that the server has admitted the request. Only the end of the body has not
  // arrived.
  await expect.poll(async () => (await keysOf(server)).find(({ id }) => id === leaked.id)?.last_used).not.toBeNull()
  expect((await remove(server, `/admin-keys/${leaked.id}`)).status).toBe(204)
  connection.write(bytes.subarray(-1))
  expect((await connection.answer()).status).toBe(401)
  connection.destroy()
  expect((await keysOf(server)).map(({ name }) => name)).not.toContain('Back door')
})

test('a client that resets its connection at once leaves no unreadable log line', async () => {
  const server = await aServer()
  const { admin_key } = await anOwnerKey(server)
  const { hostname, port } = new URL(server.adminUrl)
  for (let i = 0; i < 20; i++) {
    const socket = connect({ host: hostname, port: Number(port) }).on('error', () => undefined)
    await once(socket, 'connect')
    const headers = [
      ['Authorization', `Bearer ${admin_key}`],
      ['Content-Type', 'application/json'],
    ] as const
    const body = JSON.stringify({ name: `Reset ${String(i)}`, scopes: [PREDICT] })
    socket.write(requestBytes(server.adminUrl, { target: '/admin/v1/integrations', headers, body }))
    socket.resetAndDestroy()
  }
  const made = async () => (await operator(server)<{ items: Named[] }>('GET', '/integrations?search=Reset')).body.items
  await expect.poll(async () => (await made()).length).toBeGreaterThan(0)
  expect((await operator(server)('GET', '/audit')).status).toBe(200)
  expect((await operator(server)('GET', '/admin-keys')).status).toBe(200)
})

const keysOf = async (server: TestServer) =>
  (await operator(server)<{ items: { id: string; name: string; last_used: object | null }[] }>('GET', '/admin-keys'))
    .body.items
