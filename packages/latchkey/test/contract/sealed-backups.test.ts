// Each backup has a seal, made with the master key. A forged or changed backup is not restored, and no server serves
// it.
import { createSecretKey } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { createBackupSealing } from '../../src/keys/backup-sealing.ts'
import type { SealedText } from '../../src/ports/backups.ts'
import { readBackup } from '../../src/storage/transfer/backup-seal.ts'
import { afterRestore } from '../../src/storage/transfer/after-restore.ts'
import { copyStore } from '../../src/storage/transfer/copy-store.ts'
import { restoreStore } from '../../src/storage/transfer/restore-store.ts'
import { aFolder } from '../a-folder.ts'
import { aStoreFile, newIntegration, openStore, TEST_BACKUP_SEALING } from '../a-store.ts'
import { openReplica } from '../engines.ts'
import { backupOf, oldSealOf, withAnotherOwner, withoutSeal } from '../forged-backup.ts'
import { aDatabase } from '../postgres/databases.ts'

/** A backup of a store with a different master key. */
const OTHER_SEALING = createBackupSealing({ backupSeal: createSecretKey(Buffer.alloc(32, 9)) })
const REFUSED = 'whose seal does not match the master key'

const folder = (path: string) => ({ kind: 'folder', path }) as const

let backup: string
beforeEach(async () => {
  const store = await openStore(aStoreFile())
  await store.integrations.create([newIntegration('lkone')], [])
  const made = await store.backups.make()
  if (!made.ok) throw new Error(made.refusal.reason)
  backup = join(aFolder(), 'one.backup')
  writeFileSync(backup, Buffer.concat(await Array.fromAsync(made.value.read())))
  await store.close()
})

interface How {
  readonly key?: 'at hand' | 'elsewhere'
  readonly unsealed?: 'refused' | 'accepted'
}

const restore = (file: string, path: string, { key = 'elsewhere', unsealed = 'refused' }: How = {}) =>
  restoreStore({
    ...{ file, to: folder(path), existing: 'refused', unsealed, tell: () => undefined },
    judgeSeal: (sealed: SealedText) =>
      key === 'elsewhere' || TEST_BACKUP_SEALING.fits(sealed) ? Promise.resolve() : Promise.reject(new Error('forged')),
    judgeKey: () => Promise.resolve(),
  })

/** Starts a server on the store and returns its audit events. Throws if the server refuses the store. */
async function firstStart(path: string) {
  const store = await openStore(join(path, 'latchkey.db'))
  await store.recordRaisedFloor()
  const query = { limit: 9, before: undefined, actor: undefined, target: undefined, since: undefined, until: undefined }
  const events = await store.auditTrail.page({ ...query, event: 'store.tokens_ended' })
  await store.close()
  return events.map(({ after }) => after)
}

test('a backup of the same store is restored, and the first start records in the audit trail that the seal was valid', async () => {
  for (const key of ['at hand', 'elsewhere'] as const) {
    const path = join(aFolder(), 'new')
    expect(await restore(backup, path, { key })).toMatchObject({ isSealed: true })
    expect(await firstStart(path)).toMatchObject([{ reason: 'restored', backup_sealed: true }])
  }
})

describe('a backup with a forged owner and a new checksum', () => {
  test('is not restored if the master key is available', async () => {
    const parent = aFolder()
    for (const sealing of [await oldSealOf(backup), OTHER_SEALING]) {
      const forged = await withAnotherOwner(backup, sealing)
      await expect(restore(forged, join(parent, 'new'), { key: 'at hand' })).rejects.toThrow('forged')
    }
    expect(readdirSync(parent)).toEqual([])
  })

  test('is never served by a server, even if it was restored without the master key', async () => {
    for (const sealing of [await oldSealOf(backup), OTHER_SEALING]) {
      const path = join(aFolder(), 'new')
      await restore(await withAnotherOwner(backup, sealing), path)
      for (let start = 0; start < 2; start++) await expect(firstStart(path)).rejects.toThrow(REFUSED)
    }
  })

  test('is still refused after the commands after-restore and copy', async () => {
    const path = join(aFolder(), 'new')
    await restore(await withAnotherOwner(backup, OTHER_SEALING), path)
    await afterRestore(folder(path))
    await expect(firstStart(path)).rejects.toThrow(REFUSED)
    const copied = join(aFolder(), 'copied')
    await copyStore(folder(path), folder(copied), () => undefined)
    await expect(firstStart(copied)).rejects.toThrow(REFUSED)
  })

  test('without a seal is restored with --accept-unsealed, but never served, because the forged row has no MAC', async () => {
    const unsealed = await withoutSeal(await withAnotherOwner(backup, OTHER_SEALING))
    const path = join(aFolder(), 'new')
    await restore(unsealed, path, { unsealed: 'accepted' })
    await expect(firstStart(path)).rejects.toThrow('opr_evil')
  })

  test.skipIf(!has('postgresql'))('is never served if it was restored to PostgreSQL', async () => {
    const url = await aDatabase()
    const forged = await withAnotherOwner(backup, OTHER_SEALING)
    const to = { kind: 'database', url } as const
    const judge = { judgeSeal: () => Promise.resolve(), judgeKey: () => Promise.resolve() }
    await restoreStore({ file: forged, to, existing: 'refused', unsealed: 'refused', ...judge, tell: () => undefined })
    await expect(openReplica(url)).rejects.toThrow(REFUSED)
    await afterRestore(to)
    await expect(openReplica(url)).rejects.toThrow(REFUSED)
  })
})

test('a backup without a seal is restored only with --accept-unsealed, and the audit trail records that', async () => {
  const unsealed = await withoutSeal(backup)
  const parent = aFolder()
  await expect(restore(unsealed, join(parent, 'new'))).rejects.toThrow('--accept-unsealed')
  expect(readdirSync(parent)).toEqual([])
  expect(await restore(unsealed, join(parent, 'new'), { unsealed: 'accepted' })).toMatchObject({ isSealed: false })
  expect(await firstStart(join(parent, 'new'))).toMatchObject([{ reason: 'restored', backup_sealed: false }])
})

describe('a file is refused as a backup if it is', () => {
  test('the database of one backup with the end of another', async () => {
    const { bytes } = await readBackup(backup)
    const whole = readFileSync(backup)
    const other = Buffer.from(whole.subarray(0, bytes)).fill('x', bytes - 20, bytes - 10)
    writeFileSync(backup, Buffer.concat([other, whole.subarray(bytes)]))
    await expect(restore(backup, aFolder())).rejects.toThrow('its checksum is wrong')
  })

  test('a backup whose time was changed, or whose seal was cut in half', async () => {
    const whole = readFileSync(backup, 'latin1')
    const changes: readonly (readonly [string, string])[] = [
      [whole.replace(/made \d{4}/, 'made 2020'), 'its checksum is wrong'],
      [whole.replace(/ hmac-sha256 ([0-9a-f]{32})[0-9a-f]{32}/, ' hmac-sha256 $1'), 'its end is missing'],
      [whole.replace(/ hmac-sha256 [0-9a-f]{64}/, ''), 'its end is missing'],
      [whole.replace('latchkey-backup 2', 'latchkey-backup 1'), 'its end is missing'],
      [whole.replace('latchkey-backup 2', 'latchkey-backup 3'), 'its end is missing'],
    ]
    for (const [changed, says] of changes) {
      writeFileSync(backup, changed, 'latin1')
      await expect(restore(backup, aFolder())).rejects.toThrow(says)
    }
  })
})

test('a backup file that was replaced after the check of its seal is checked again before it is opened', async () => {
  const forged = readFileSync(backupOf(Buffer.from('no database at all'), { madeAt: 1, sealing: OTHER_SEALING }))
  const judged: boolean[] = []
  const exchange = (sealed: SealedText): Promise<void> => {
    judged.push(TEST_BACKUP_SEALING.fits(sealed))
    if (judged.length > 1) return Promise.reject(new Error('forged'))
    writeFileSync(backup, forged)
    return Promise.resolve()
  }
  const to = folder(join(dirname(backup), 'new'))
  const how = { existing: 'refused', unsealed: 'refused', judgeSeal: exchange, tell: () => undefined } as const
  await expect(restoreStore({ file: backup, to, ...how, judgeKey: () => Promise.resolve() })).rejects.toThrow('forged')
  expect(judged).toEqual([true, false])
})
