// GET /admin/v1/configuration: the settings in force with their origins, and without secrets.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { aServer } from '../a-server.ts'

test('operators see each setting with its origin, and for a secret only whether the secret is set', async () => {
  const masterKey = randomBytes(32).toString('base64')
  const server = await aServer({ env: { LATCHKEY_MASTER_KEY: masterKey, LATCHKEY_TRUSTED_PROXIES: '10.0.0.0/8' } })
  const answer = await fetch(`${server.adminUrl}/admin/v1/configuration`, {
    headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
  })
  const text = await answer.text()
  expect(text).not.toContain(masterKey)
  const { items } = JSON.parse(text) as { items: readonly { name: string }[] }
  const setting = (name: string) => items.find((item) => item.name === name)
  expect(setting('LATCHKEY_MASTER_KEY')).toMatchObject({
    value: null,
    secret: 'set',
    origin: 'env LATCHKEY_MASTER_KEY',
  })
  expect(setting('LATCHKEY_TRUSTED_PROXIES')).toMatchObject({ value: '10.0.0.0/8', secret: null })
  expect(setting('LATCHKEY_TOKEN_LIFETIME')).toMatchObject({ value: '3600', origin: 'default' })
  expect(setting('LATCHKEY_DEMO')).toMatchObject({ value: 'off', origin: 'env LATCHKEY_DEMO' })
  expect(setting('LATCHKEY_PUBLIC_URL')).toMatchObject({ value: null })
})
