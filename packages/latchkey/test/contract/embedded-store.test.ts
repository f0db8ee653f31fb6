// What every engine promises behind the store ports, tried on the embedded one with real files.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import type { IssuedToken } from '../../src/ports/slots.ts'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { lockEmbeddedStore } from '../../src/storage/embedded/embedded-store.ts'
import { aStoreFile, attempt, newIntegration, openStore, type TestStore } from '../a-store.ts'

const issue = async (store: TestStore, ...of: Parameters<typeof attempt>): Promise<IssuedToken> => {
  const outcome = await store.tokens.issue(attempt(...of))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value
}

test('a file of a later version is refused', async () => {
  const file = aStoreFile()
  await (await openStore(file)).close()
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA user_version = ${String(MIGRATIONS.length + 1)}`)
  database.close()
  await expect(lockEmbeddedStore(file)).rejects.toMatchObject({ reason: 'schema_too_new' })
})

test('a file that another store holds is refused', async () => {
  const file = aStoreFile()
  const store = await openStore(file)
  await expect(lockEmbeddedStore(file)).rejects.toMatchObject({ reason: 'locked' })
  await store.close()
})

test('a store that is only looked at is not changed: a new file gets no tables before it is started', async () => {
  const file = aStoreFile()
  const locked = await lockEmbeddedStore(file)
  expect(locked.canary).toBeUndefined()
  await locked.abandon()
  const database = new DatabaseSync(file)
  expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([])
  database.close()
})

test('a token that was acknowledged is not superseded by an issuance that its own failed batch had begun', async () => {
  const store = await openStore(aStoreFile())
  await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
  const first = await issue(store, 'lkone')
  const sameRecordId = { ...newIntegration('lkthree'), profile: newIntegration('lkone').profile }
  const issuing = issue(store, 'lkone')
  // It is signed and queued first; the revocation goes before it in the batch, so that it needs another generation.
  for (let i = 0; i < 20; i++) await Promise.resolve()
  const [issued] = await Promise.all([
    issuing,
    store.tokens.revoke('lkone', PREDICT, first.token.jti),
    store.integrations.create([sameRecordId], []).catch(() => undefined),
  ])
  // Whatever was still on its way is durable before these are.
  for (let i = 0; i < 5; i++) await issue(store, 'lktwo')
  expect((await store.tokens.read('lkone', PREDICT))?.live).toEqual(issued.token)
  await store.close()
})
