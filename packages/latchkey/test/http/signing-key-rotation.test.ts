// The rotation of the signing key through the admin API, step by step.
import { describe, expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { aServer, MODEL, PREDICT, TestClock } from '../a-server.ts'
import { ask, events, keys, type KeyView, kidOf, published, restarts, rotate, statuses } from '../signing-keys-api.ts'

describe('a rotation', () => {
  test('publishes the next key at once, and still signs with the current key', async () => {
    const server = await aServer({ env: { LATCHKEY_JWKS_MAX_AGE: '120' }, clock: new TestClock(1_800_000_000) })
    const [old] = await published(server)
    const { status, body: next } = await ask<KeyView>(server, 'POST', '/keys/rotate')
    expect(status).toBe(201)
    // The next key signs after twice the max-age of the key set.
    expect(next).toMatchObject({ status: 'next', signs_from: '2027-01-15T08:04:00Z', retired_at: null })
    expect(await published(server)).toEqual([old, next.kid])
    const jwks = await fetch(`${server.issuer}/v1/keys`)
    expect(jwks.headers.get('cache-control')).toBe('public, max-age=120')
    expect(kidOf(await server.token(await server.integration()))).toBe(old)
  })

  test('is refused during another rotation', async () => {
    const server = await aServer()
    await rotate(server)
    const again = await ask<{ code: string }>(server, 'POST', '/keys/rotate')
    expect(again).toMatchObject({ status: 409, body: { code: 'rotation_in_progress' } })
    expect(await published(server)).toHaveLength(2)
  })

  test('goes through its steps when they are due, and ends no live token', async () => {
    const clock = new TestClock()
    const start = restarts({ clock, env: { LATCHKEY_TOKEN_LIFETIME: '3600' } })
    let server = await start()
    const integration = await server.integration()
    const [old = ''] = await published(server)
    const { kid: next } = await rotate(server)

    clock.advance(599)
    server = await start()
    expect(await statuses(server)).toEqual({ [old]: 'signing', [next]: 'next' })
    const before = await server.token(integration, PREDICT)
    expect(kidOf(before)).toBe(old)

    clock.advance(1)
    server = await start()
    expect(await statuses(server)).toEqual({ [old]: 'retired', [next]: 'signing' })
    expect(await published(server)).toEqual([next, old])
    expect(kidOf(await server.token(integration, MODEL))).toBe(next)
    expect((await server.verify(before)).status).toBe(200)

    clock.advance(3599)
    server = await start()
    expect(await server.verify(before)).toMatchObject({ status: 401, reason: 'expired' })
    expect(await published(server)).toEqual([next, old])

    clock.advance(1)
    server = await start()
    expect(await statuses(server)).toEqual({ [next]: 'signing' })
    expect(await published(server)).toEqual([next])
    expect(await events(server)).toEqual([
      `signing_key.published ${next} admin_key`,
      `signing_key.retired ${old} system`,
      `signing_key.activated ${next} system`,
      `signing_key.removed ${old} system`,
    ])
  })

  test('keeps the old key longer if its tokens have a longer lifetime', async () => {
    const clock = new TestClock()
    const dataDir = aFolder()
    const env = { LATCHKEY_DATA_DIR: dataDir, LATCHKEY_TOKEN_LIFETIME: '86400' }
    const before = await aServer({ clock, env })
    const token = await before.token(await before.integration())
    await rotate(before)
    const { port } = new URL(before.publicUrl)
    await before.stop()

    clock.advance(600)
    const after = await aServer({ clock, env: { ...env, LATCHKEY_PORT: port, LATCHKEY_TOKEN_LIFETIME: '60' } })
    clock.advance(80_000)
    expect((await after.verify(token)).status).toBe(200)
    const old = (await keys(after)).find(({ status }) => status === 'retired')
    const retiredFor = Date.parse(old?.accepted_until ?? '') - Date.parse(old?.retired_at ?? '')
    expect(retiredFor).toBe((86_400 - 600) * 1000)
  })
})

test('a changed signing algorithm is recorded in the audit trail as a change by the server', async () => {
  const start = aFolder()
  const before = await aServer({ env: { LATCHKEY_DATA_DIR: start } })
  const [old = ''] = await published(before)
  await rotate(before)
  await before.stop()
  const after = await aServer({ env: { LATCHKEY_DATA_DIR: start, LATCHKEY_SIGNING_ALG: 'EdDSA' } })
  const [signing = '', retired] = await published(after)
  expect(retired).toBe(old)
  expect(await published(after)).toHaveLength(2)
  expect((await events(after)).slice(1)).toEqual([
    `signing_key.retired ${old} system`,
    expect.stringMatching(/^signing_key\.removed .* system$/),
    `signing_key.activated ${signing} system`,
  ])
})
