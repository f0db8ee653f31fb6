// Promises that only the embedded store makes: one process at a time opens the file, and a file of a later schema
// version is refused.
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { lockEmbeddedStore } from '../../src/storage/embedded-store.ts'
import { aStoreFile, attempt, newIntegration, openStore } from '../a-store.ts'
import { embedded } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'

test('a file of a later version is refused', async () => {
  const file = aStoreFile()
  await (await openStore(file)).close()
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA user_version = ${String(MIGRATIONS.length + 1)}`)
  database.close()
  await expect(lockEmbeddedStore(file)).rejects.toMatchObject({ reason: 'schema_too_new' })
})

test('a file that another store has locked is refused', async () => {
  const file = aStoreFile()
  const store = await openStore(file)
  await expect(lockEmbeddedStore(file)).rejects.toMatchObject({ reason: 'locked' })
  await store.close()
})

test('reading the state of a store does not change the store, and a new file gets its tables only when a server starts', async () => {
  const file = aStoreFile()
  const locked = await lockEmbeddedStore(file)
  expect(locked.canary).toBeUndefined()
  await locked.abandon()
  const database = new DatabaseSync(file)
  expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([])
  database.close()
})

test('the log of issuances stays short if all tokens are issued for one integration and scope', async () => {
  const file = aStoreFile()
  const foldAfter = 100
  const store = await openStore(file, 'api://default', { foldAfter })
  await store.integrations.create([newIntegration('lkone')], [])
  for (let n = 0; n < 6 * foldAfter + 50; n++) {
    expect((await issueFrom(store.tokens, attempt('lkone'))).ok).toBe(true)
  }
  await store.close()
  const [row] = await embedded.query(file, 'SELECT count(*) AS commits FROM issuance_log')
  expect(row?.['commits']).toBeLessThan(2 * foldAfter)
})
