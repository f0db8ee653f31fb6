// Ended and erased client secrets: neither a clock that is set back nor a search of the database file brings them back.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { aServer, startTestServer, TestClock } from '../a-server.ts'
import { operator, secretsOf, statusOf, withSecret } from '../some-secrets.ts'

const AN_HOUR = 3600

test('an ended secret stays ended after the clock is set back', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const before = await server.integration()
  const rotated = await operator(server)('POST', `/integrations/${before.id}/rotate-secret`, {})
  const [old] = await secretsOf(server, before)
  await operator(server)('POST', `/integrations/${before.id}/secrets/${old?.id ?? ''}/end`)
  clock.step(-AN_HOUR)
  expect(await statusOf(server, before)).toBe(401)
  expect(await statusOf(server, withSecret(before, rotated.body.client_secret))).toBe(200)
})

test('secrets that were replaced without an overlap stay ended after the clock is set back', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const first = await server.integration()
  const rotate = () => operator(server)('POST', `/integrations/${first.id}/rotate-secret`, { overlap_seconds: 0 })
  const second = withSecret(first, (await rotate()).body.client_secret)
  const third = withSecret(first, (await rotate()).body.client_secret)
  clock.step(-AN_HOUR)
  expect(await Promise.all([first, second, third].map((one) => statusOf(server, one)))).toEqual([401, 401, 200])
})

test('an erased secret, even in encrypted form, is nowhere in the database file', async () => {
  const folder = aFolder()
  const file = join(folder, 'latchkey.db')
  const keeping = await startTestServer({ env: { LATCHKEY_DATA_DIR: folder } })
  for (let i = 0; i < 30; i++) await keeping.integration()
  await keeping.stop()
  const database = new DatabaseSync(file)
  const rows = database.prepare('SELECT sealed FROM secret').all() as { sealed: Uint8Array }[]
  database.close()
  const erasing = await startTestServer({ env: { LATCHKEY_DATA_DIR: folder, LATCHKEY_SECRET_REVEAL: 'never' } })
  await erasing.stop()
  const bytes = readFileSync(file)
  expect(rows.filter(({ sealed }) => bytes.includes(sealed))).toHaveLength(0)
})
