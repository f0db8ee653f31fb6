// The write-ahead log is checkpointed outside commits, and before the log gets too long.
import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Write } from '../../src/rows/disk.ts'
import { Checkpoints } from '../../src/storage/sqlite/checkpoints.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'
import { eventually } from '../../../../e2e/eventually.ts'
import { aStoreFile, attempt, newIntegration, openStore } from '../a-store.ts'
import { issueFrom } from '../issue-from.ts'

const MEBIBYTE = 1024 * 1024

/** Each commit changes about 100 pages. */
const writes = (batch: number): readonly Write[] =>
  Array.from({ length: 50 }, (_, index) => {
    const text = `${String(batch)} ${String(index)} `.padEnd(3000, 'x')
    return ['insert_idempotency_record', `key ${String(batch)} ${String(index)}`, text, text, batch] as const
  })

function aConnection(): SqliteConnection {
  const connection = new SqliteConnection(aStoreFile())
  connection.migrate()
  connection.checkpoint()
  connection.markLog()
  return connection
}

test('a commit never checkpoints the write-ahead log, however long the log is', () => {
  const connection = aConnection()
  const { size, mtimeMs } = statSync(connection.path)
  for (let batch = 0; batch < 40; batch++) connection.commit(writes(batch))
  expect(connection.logBytes).toBeGreaterThan(8 * MEBIBYTE)
  expect(statSync(connection.path)).toMatchObject({ size, mtimeMs })
  connection.close()
})

test('under constant load the write-ahead log never exceeds 16 MiB plus one commit', () => {
  const connection = aConnection()
  const checkpoints = new Checkpoints(connection)
  let longest = 0
  let [grown, before] = [0, 0]
  for (let batch = 0; batch < 200; batch++) {
    checkpoints.hold()
    connection.commit(writes(batch))
    grown = Math.max(grown, connection.logBytes - before)
    before = connection.logBytes
    longest = Math.max(longest, statSync(`${connection.path}-wal`).size)
    checkpoints.answered(50)
  }
  checkpoints.hold()
  expect(longest).toBeGreaterThan(16 * MEBIBYTE)
  expect(longest).toBeLessThanOrEqual(16 * MEBIBYTE + grown)
  connection.close()
})

test('a server checkpoints its write-ahead log when no request arrives for a moment', async () => {
  const file = aStoreFile()
  const store = await openStore(file)
  await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
  const { mtimeMs } = statSync(file)
  for (let issued = 0; issued < 300; issued++) {
    await Promise.all([issueFrom(store.tokens, attempt('lkone')), issueFrom(store.tokens, attempt('lktwo'))])
  }
  await eventually(() => statSync(file).mtimeMs > mtimeMs, { within: 10_000, what: 'the log is checkpointed' })
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  await store.close()
})
