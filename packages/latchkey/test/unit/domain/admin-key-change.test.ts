// The result of each change of an admin key, and its refusals.
import { describe, expect, test } from 'vitest'
import { addAdminKey, MOST_ADMIN_KEYS, revokeAdminKey } from '../../../src/domain/admin-key-change.ts'
import type { AdminKey } from '../../../src/domain/admin-key.ts'
import { NOW } from './a-slot.ts'

const aKey = (id: string, more: Partial<AdminKey> = {}): AdminKey => ({
  ...{ id, name: id, role: 'owner', hash: `hash of ${id}`, loopbackOnly: false },
  ...{ createdAt: NOW - 100, expiresAt: undefined, revokedAt: undefined },
  ...more,
})

const REVOKED = aKey('revoked', { revokedAt: NOW - 50 })
const EXPIRED = aKey('expired', { expiresAt: NOW })
const VIEWER = aKey('viewer', { role: 'viewer' })

describe('a new key', () => {
  const FULL = Array.from({ length: MOST_ADMIN_KEYS }, (_, i) => aKey(String(i)))
  const added = aKey('new')

  test('comes after all other keys in the list, including ended keys', () => {
    expect(addAdminKey([REVOKED, VIEWER], added, NOW)).toEqual({
      ok: true,
      value: { keys: [REVOKED, VIEWER, added], dropped: undefined },
    })
  })

  test.each([
    ['revoked', REVOKED],
    ['expired', EXPIRED],
  ])('replaces the oldest ended key when the limit is reached, even if that key is %s', (_how, ended) => {
    const keys = [...FULL.slice(2), ended, aKey('later', { revokedAt: NOW })]
    const value = { keys: [...keys.filter((key) => key !== ended), added], dropped: ended }
    expect(addAdminKey(keys, added, NOW)).toEqual({ ok: true, value })
  })

  test('is refused when the limit is reached and all keys are active', () => {
    expect(addAdminKey(FULL, added, NOW)).toEqual({
      ok: false,
      refusal: { reason: 'limit_reached', most: MOST_ADMIN_KEYS },
    })
  })
})

describe('a key that is revoked', () => {
  const [ONE, TWO] = [aKey('one'), aKey('two', { loopbackOnly: true })]

  test('keeps its position, and is rejected from this second on', () => {
    const after = { ...ONE, revokedAt: NOW }
    expect(revokeAdminKey([ONE, VIEWER, TWO], 'one', NOW)).toEqual({
      ok: true,
      value: { keys: [after, VIEWER, TWO], before: ONE, after },
    })
  })

  test('does not change when it is revoked again', () => {
    expect(revokeAdminKey([REVOKED, ONE], 'revoked', NOW)).toEqual({
      ok: true,
      value: { keys: [REVOKED, ONE], before: REVOKED, after: REVOKED },
    })
  })

  test('cannot be the last active key of an owner', () => {
    const keys = [ONE, VIEWER, REVOKED, EXPIRED]
    expect(revokeAdminKey(keys, 'one', NOW)).toEqual({ ok: false, refusal: { reason: 'last_owner_key' } })
    expect(revokeAdminKey(keys, 'one', NOW - 1)).toMatchObject({ ok: true })
    expect(revokeAdminKey(keys, 'viewer', NOW)).toMatchObject({ ok: true })
    expect(revokeAdminKey(keys, 'expired', NOW)).toMatchObject({ ok: true })
  })

  test('must exist', () => {
    expect(revokeAdminKey([ONE], 'nobody', NOW)).toEqual({ ok: false, refusal: { reason: 'unknown_admin_key' } })
  })
})
