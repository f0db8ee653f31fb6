// Restoring a backup: the restored server accepts no earlier token and issues new tokens. A damaged backup is not
// restored.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { afterRestore } from '../../src/storage/transfer/after-restore.ts'
import { restoreStore } from '../../src/storage/transfer/restore-store.ts'
import { MIGRATIONS } from '../../src/storage/sqlite/migrations.ts'
import { aFolder } from '../a-folder.ts'
import { aKilledStore, bitOf, flipped, framesOf } from '../a-killed-store.ts'
import { embedded, type OpenedStore, openReplica } from '../engines.ts'
import {
  aStoreFile,
  attempt,
  newIntegration,
  openStore,
  PLAIN_CANARY,
  TEST_BACKUP_SEALING,
  TEST_ROW_MACS,
} from '../a-store.ts'
import { backupOf } from '../forged-backup.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase } from '../postgres/databases.ts'

const folder = (path: string) => ({ kind: 'folder', path }) as const

async function issue(store: OpenedStore): Promise<number> {
  const outcome = await issueFrom(store.tokens, attempt('lkone'))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value.token.generation
}

const live = async (store: OpenedStore) => (await store.tokens.read('lkone', PREDICT))?.live?.generation

async function endings(store: OpenedStore) {
  const all = { limit: 10, before: undefined, actor: undefined, target: undefined, since: undefined, until: undefined }
  return (await store.auditTrail.page({ ...all, event: 'store.tokens_ended' })).map(({ after }) => after)
}

/** Makes a store with a token, a backup of the store, and one more token after the backup. */
async function backedUp() {
  const file = aStoreFile()
  const store = await openStore(file)
  await store.integrations.create([newIntegration('lkone')], [])
  await issue(store)
  const made = await store.backups.make()
  if (!made.ok) throw new Error(made.refusal.reason)
  const backup = join(aFolder(), 'one.backup')
  writeFileSync(backup, Buffer.concat(await Array.fromAsync(made.value.read())))
  const since = await issue(store)
  await store.close()
  return { backup, since, dataDir: dirname(file) }
}

/** A restore without the master key. Such a restore checks neither the key nor the seal of the backup. */
const WITHOUT_KEY = {
  unsealed: 'refused',
  judgeSeal: () => Promise.resolve(),
  judgeKey: () => Promise.resolve(),
  tell: () => undefined,
} as const

const restore = (file: string, path: string, existing: 'refused' | 'replaced' = 'refused') =>
  restoreStore({ ...WITHOUT_KEY, file, to: folder(path), existing })

describe('a restored backup', () => {
  test('accepts no earlier token, and numbers its next token above all earlier tokens', async () => {
    const { backup, since } = await backedUp()
    const there = join(aFolder(), 'new')
    const restored = await restore(backup, there)
    expect(restored).toMatchObject({ tokens: 1, madeAt: 1_800_000_000 })
    const store = await openStore(join(there, 'latchkey.db'))
    expect(await live(store)).toBeUndefined()
    expect(await issue(store)).toBeGreaterThan(Math.max(since, restored.floor))
    await store.close()
    expect(readdirSync(there)).toEqual(['latchkey.db'])
  })

  test('is recorded once in the audit trail, with the time of the backup', async () => {
    const { backup } = await backedUp()
    const there = aFolder()
    const { floor, madeAt } = await restore(backup, there)
    for (let start = 0; start < 2; start++) {
      const store = await openStore(join(there, 'latchkey.db'))
      await store.recordRaisedFloor()
      expect(await endings(store)).toMatchObject([
        { reason: 'restored', floor, backup_made_at: madeAt, backup_sealed: true },
      ])
      expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: true })
      await store.close()
    }
  })

  test('ignores a write-ahead log that another store left in the folder', async () => {
    const { backup, dataDir } = await backedUp()
    const file = join(dataDir, 'latchkey.db')
    const other = await openStore(file)
    await issue(other)
    const there = aFolder()
    copyFileSync(`${file}-wal`, join(there, 'latchkey.db-wal'))
    await other.close()
    const { floor } = await restore(backup, there)
    const store = await openStore(join(there, 'latchkey.db'))
    expect(await live(store)).toBeUndefined()
    expect(await issue(store)).toBeGreaterThan(floor)
    expect(await store.auditTrail.verify(undefined)).toMatchObject({ intact: true })
    await store.close()
  })

  test('numbers its tokens above those of the previous restore each time it is restored', async () => {
    const { backup } = await backedUp()
    const [one, two] = [await restore(backup, aFolder()), await restore(backup, aFolder())]
    expect(two.floor).toBeGreaterThan(one.floor)
  })

  test('has no sessions of operators', async () => {
    const { backup, dataDir } = await backedUp()
    const source = new DatabaseSync(join(dataDir, 'latchkey.db'))
    const session = { id: 'ses_1', hash: '\u0001', operatorId: 'opr_1', createdAt: 1 }
    const mac = Buffer.from(
      TEST_ROW_MACS.of('session', { ...session, lastSeenAt: 1, address: '', userAgent: '' }),
      'hex',
    )
    source.prepare(`INSERT INTO session VALUES ('ses_1', x'01', 'opr_1', 1, 1, '', '', ?)`).run(mac)
    source.close()
    const store = await openStore(join(dataDir, 'latchkey.db'))
    const made = await store.backups.make()
    if (made.ok) writeFileSync(backup, Buffer.concat(await Array.fromAsync(made.value.read())))
    await store.close()
    const there = aFolder()
    await restore(backup, there)
    const restored = new DatabaseSync(join(there, 'latchkey.db'))
    expect(restored.prepare('SELECT count(*) AS n FROM session').get()).toEqual({ n: 0 })
    restored.close()
  })

  test('of an older schema is brought up to date', async () => {
    const file = aStoreFile()
    const database = new DatabaseSync(file)
    database.exec(`${MIGRATIONS[0] ?? ''}; PRAGMA user_version = 1; UPDATE store SET canary = ${embedded.bytes(PLAIN_CANARY)};
      INSERT INTO scope VALUES ('${PREDICT}', NULL, 'api://default', '')`)
    database.close()
    const there = aFolder()
    await restore(sealed(readFileSync(file)), there)
    const store = await openStore(join(there, 'latchkey.db'))
    expect(store.catalog.scope(PREDICT)).toBeDefined()
    await store.close()
  })

  test.skipIf(!has('postgresql'))('can be restored into a database', async () => {
    const { backup, since } = await backedUp()
    const url = await aDatabase()
    const to = { kind: 'database', url } as const
    await restoreStore({ ...WITHOUT_KEY, file: backup, to, existing: 'refused' })
    const store = await openReplica(url)
    expect(await live(store)).toBeUndefined()
    expect(await issue(store)).toBeGreaterThan(since)
    await store.recordRaisedFloor()
    expect(await endings(store)).toMatchObject([{ reason: 'restored' }])
    await store.close()
  })
})

/** Makes a backup of the database, with a trailer that fits this database. */
const sealed = (database: Buffer): string => backupOf(database, { madeAt: 1_700_000_000, sealing: TEST_BACKUP_SEALING })

describe('no backup is restored, and no file is left behind,', () => {
  const damages: readonly (readonly [string, (whole: Buffer) => Buffer, string])[] = [
    ['cut off', (whole) => whole.subarray(0, whole.length - 4096), 'its end is missing'],
    ['cut off at its last byte', (whole) => whole.subarray(0, -1), 'its end is missing'],
    ['longer than it was', (whole) => Buffer.concat([Buffer.alloc(1), whole]), 'bytes of data'],
    ['changed in one byte', (whole) => Buffer.from(whole).fill('x', 5000, 5001), 'its checksum is wrong'],
    ['empty', () => Buffer.alloc(0), 'not made by latchkey backup'],
  ]
  test.each(damages)('if the backup is %s', async (_what, damage, says) => {
    const { backup } = await backedUp()
    writeFileSync(backup, damage(readFileSync(backup)))
    const parent = aFolder()
    await expect(restore(backup, join(parent, 'new'))).rejects.toThrow(says)
    expect(readdirSync(parent)).toEqual([])
  })

  test('if the file is complete but its database is damaged or missing', async () => {
    const { dataDir } = await backedUp()
    const database = readFileSync(join(dataDir, 'latchkey.db'))
    const parent = aFolder()
    for (const damaged of [Buffer.from(database).fill(0xff, 2048, 20_000), Buffer.from('no database')]) {
      await expect(restore(sealed(damaged), join(parent, 'new'))).rejects.toThrow()
      expect(readdirSync(parent)).toEqual([])
    }
  })

  test('if the file is a pipe', async () => {
    const pipe = join(aFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    await expect(restore(pipe, join(aFolder(), 'new'))).rejects.toThrow('is not a file')
  })

  test('if the master key is not that of the backup', async () => {
    const { backup } = await backedUp()
    const parent = aFolder()
    const judgeKey = (): Promise<void> => Promise.reject(new Error('another key'))
    const to = folder(join(parent, 'new'))
    await expect(restoreStore({ ...WITHOUT_KEY, file: backup, to, existing: 'refused', judgeKey })).rejects.toThrow(
      'another key',
    )
    expect(readdirSync(parent)).toEqual([])
  })

  test('if the operator stops the restore in the middle', async () => {
    const { backup } = await backedUp()
    const path = join(aFolder(), 'new')
    const tell = (): void => {
      throw new Error('stopped')
    }
    const restoring = { ...WITHOUT_KEY, file: backup, to: folder(path), tell }
    await expect(restoreStore({ ...restoring, existing: 'refused' })).rejects.toThrow('stopped')
    expect(readdirSync(dirname(path))).toEqual([])
  })
})

describe('an existing store', () => {
  test('is kept unless the operator allows the restore to replace it, and the restored store does not reuse its token numbers', async () => {
    const { backup, since, dataDir } = await backedUp()
    await expect(restore(backup, dataDir)).rejects.toThrow('already contains a store')
    const before = await openStore(join(dataDir, 'latchkey.db'))
    expect(await live(before)).toBe(since)
    await before.close()
    const { floor } = await restore(backup, dataDir, 'replaced')
    const store = await openStore(join(dataDir, 'latchkey.db'))
    expect(await live(store)).toBeUndefined()
    expect(await issue(store)).toBeGreaterThan(floor)
    await store.close()
  })

  test('with a damaged log can be replaced, and an interrupted replacement leaves no earlier token live', async () => {
    const { backup } = await backedUp()
    const killed = await aKilledStore(8)
    for (const stopped of [false, true]) {
      const file = killed.withLog(flipped(killed.log, bitOf(framesOf(killed.log) - 6, 99)))
      const tell = (): void => {
        if (stopped) throw new Error('stopped')
      }
      const to = folder(dirname(file))
      const restoring = { ...WITHOUT_KEY, file: backup, to, existing: 'replaced', tell } as const
      const restored = restoreStore(restoring)
      await (stopped ? expect(restored).rejects.toThrow('stopped') : restored)
      const store = await openStore(file)
      expect(await live(store)).toBeUndefined()
      expect(await issue(store)).toBeGreaterThan(killed.acknowledged.at(-1)?.generation ?? 0)
      await store.close()
    }
  })

  test('keeps its data if the restore that would replace the store is interrupted', async () => {
    const { backup, since, dataDir } = await backedUp()
    const tell = (): void => {
      throw new Error('stopped')
    }
    const restoring = { ...WITHOUT_KEY, file: backup, to: folder(dataDir), tell }
    await expect(restoreStore({ ...restoring, existing: 'replaced' })).rejects.toThrow('stopped')
    const store = await openStore(join(dataDir, 'latchkey.db'))
    expect(await live(store)).toBe(since)
    await store.close()
  })

  test('is not changed while a server runs on it', async () => {
    const { backup, dataDir } = await backedUp()
    const store = await openStore(join(dataDir, 'latchkey.db'))
    for (const existing of ['refused', 'replaced'] as const) {
      await expect(restore(backup, dataDir, existing)).rejects.toThrow('in use by a server')
    }
    await expect(afterRestore(folder(dataDir))).rejects.toThrow('in use by a server')
    expect(readdirSync(dataDir).filter((name) => name.startsWith('.'))).toEqual([])
    await store.close()
  })

  test('that an operator restored by copying a file accepts no earlier token after the command after-restore', async () => {
    const { dataDir, since } = await backedUp()
    const { floor } = await afterRestore(folder(dataDir))
    const store = await openStore(join(dataDir, 'latchkey.db'))
    expect(await live(store)).toBeUndefined()
    expect(await issue(store)).toBeGreaterThan(Math.max(floor, since))
    await store.recordRaisedFloor()
    expect(await endings(store)).toMatchObject([{ reason: 'put_back', floor }])
    await store.close()
  })

  test('must exist for the command after-restore, which creates no store', async () => {
    const path = aFolder()
    await expect(afterRestore(folder(path))).rejects.toThrow('missing')
    mkdirSync(join(path, 'data'))
    await expect(afterRestore(folder(join(path, 'data')))).rejects.toThrow('missing')
    expect(readdirSync(join(path, 'data'))).toEqual([])
  })
})
