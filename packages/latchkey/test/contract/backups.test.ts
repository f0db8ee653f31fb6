// The effect of a stop, a failed commit and a killed process on a backup in progress.
import { readdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { WorkerDisk } from '../../src/storage/sqlite/worker-disk.ts'
import { aStoreFile, attempt, newIntegration, openStore } from '../a-store.ts'
import { enlargeStore } from '../enlarged-store.ts'
import { issueFrom } from '../issue-from.ts'

test('a server that stops ends a backup in progress at once, and leaves no backup file', async () => {
  const file = aStoreFile()
  await (await openStore(file)).close()
  enlargeStore(file, 64)
  const store = await openStore(file)
  const making = expect(store.backups.make()).rejects.toThrow(StoreUnavailable)
  await store.close()
  await making
  expect(readdirSync(dirname(file))).toEqual(['latchkey.db'])
  // The database file can be opened again only if the backup has released its lock.
  await (await openStore(file)).close()
})

test('tokens issued during a backup are in the backup', async () => {
  const file = aStoreFile()
  const first = await openStore(file)
  await first.integrations.create([newIntegration('lkone')], [])
  await first.close()
  enlargeStore(file, 64)
  const store = await openStore(file)
  const made = store.backups.make()
  const isUnderWay = () => Promise.race([made.then(() => false), new Promise((resolve) => setImmediate(resolve, true))])
  let issued = 0
  for (; (await isUnderWay()) === true; issued++)
    expect((await issueFrom(store.tokens, attempt('lkone'))).ok).toBe(true)
  expect(issued).toBeGreaterThan(10)
  const backup = await made
  if (backup.ok) await backup.value.drop()
  await store.close()
})

test('after an error the store reopens its database file, even during a backup', async () => {
  const file = aStoreFile()
  await (await openStore(file)).close()
  enlargeStore(file, 64)
  const { disk } = await WorkerDisk.open(file)
  await disk.start()
  const copying = expect(disk.backUpTo(`${file}.copy`)).rejects.toThrow('closed')
  await disk.recover()
  await copying
  await disk.commit([['mark_clean', 0]])
  expect(await disk.read('store')).toMatchObject([{ clean: 0 }])
  await disk.close()
})

test('the next start removes the unfinished backup of a killed process', async () => {
  const file = aStoreFile()
  await (await openStore(file)).close()
  const name = `${file}.backup-01234567-89ab-cdef-0123-456789abcdef`
  for (const left of [name, `${name}-journal`]) writeFileSync(left, 'half')
  await (await openStore(file)).close()
  expect(readdirSync(dirname(file))).toEqual(['latchkey.db'])
})
