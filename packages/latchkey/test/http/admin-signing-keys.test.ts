// The routes of the signing keys: required roles, and answers to invalid requests.
import { describe, expect, test } from 'vitest'
import { aServer } from '../a-server.ts'
import { startAdminListener } from '../an-admin-listener.ts'
import { ask } from '../signing-keys-api.ts'

test('an unknown signing key is answered 404', async () => {
  const server = await aServer()
  const answer = await ask(server, 'POST', '/keys/nobody/revoke')
  expect(answer).toMatchObject({ status: 404, body: { code: 'unknown_signing_key' } })
})

describe('access to the signing keys', () => {
  test.each([
    ['viewer', { list: 200, rotate: 403, revoke: 403 }],
    ['editor', { list: 200, rotate: 403, revoke: 403 }],
    ['owner', { list: 200, rotate: 201, revoke: 404 }],
  ] as const)('depends on the role of the caller: %s', async (role, allowed) => {
    const admin = await startAdminListener()
    const headers = { authorization: `Bearer ${admin.keys[role]}` }
    const list = await admin.ask({ url: '/admin/v1/keys', headers })
    const rotated = await admin.ask({ method: 'POST', url: '/admin/v1/keys/rotate', headers })
    const revoked = await admin.ask({ method: 'POST', url: '/admin/v1/keys/nobody/revoke', headers })
    expect([list, rotated, revoked].map(({ statusCode }) => statusCode)).toEqual(Object.values(allowed))
    await admin.stop()
  })

  test('by an owner shows no private key', async () => {
    const admin = await startAdminListener()
    const list = await admin.ask({ url: '/admin/v1/keys' })
    expect(Object.keys(list.json<{ items: [object] }>().items[0]).toSorted()).toEqual([
      'accepted_until',
      'alg',
      'created_at',
      'kid',
      'retired_at',
      'revoked_at',
      'signs_from',
      'status',
    ])
    await admin.stop()
  })
})

test('a rotation refuses any body member', async () => {
  const admin = await startAdminListener()
  const answer = await admin.ask({ method: 'POST', url: '/admin/v1/keys/rotate', payload: { alg: 'none' } })
  expect(answer.statusCode).toBe(400)
  expect(answer.body).toContain('alg')
  await admin.stop()
})
