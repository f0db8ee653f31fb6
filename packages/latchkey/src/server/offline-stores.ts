// The functions of the command line for backups, and for stores that no server uses. Their errors say what to do.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Secret } from '@latchkey/protocol'
import type { SecretSource } from '../config/setting.ts'
import { createBackupSealing } from '../keys/backup-sealing.ts'
import { WrongMasterKeyError } from '../keys/canary.ts'
import { serverSettings } from '../config/settings.ts'
import { explainDatabase } from './explain/explain-database.ts'
import type { SealedText } from '../ports/backups.ts'
import { openKeys, readKeys } from './open-keys.ts'
import { masterKeyFileIn } from '../storage/data-folder.ts'
import { type BackupFacts, readBackup } from '../storage/transfer/backup-seal.ts'
import { afterRestore as endAfterRestore, type Ended } from '../storage/transfer/after-restore.ts'
import {
  type Copied,
  copyStore as copyWholeStore,
  type StoreLocation,
  type CopyProgress,
} from '../storage/transfer/copy-store.ts'
import {
  type Restored as RestoredRows,
  type Restoring,
  restoreStore as restoreWholeStore,
} from '../storage/transfer/restore-store.ts'
import { type DatabaseReport, readDatabaseReport } from '../storage/postgres/database-report.ts'
import { migrate, schemaStatus } from '../storage/postgres/migrate.ts'
import type { Migration } from '../storage/postgres/migrations.ts'
import type { SchemaState } from '../storage/postgres/schema-state.ts'
import { damageOf, logCure } from '../storage/sqlite/log-damaged.ts'
import { type TornTail, walkLog } from '../storage/sqlite/walk-log.ts'

export type { DatabaseReport } from '../storage/postgres/database-report.ts'

/** The schema of the PostgreSQL database at this URL. */
export interface DatabaseSchema {
  status(): Promise<SchemaState>
  migrate(): Promise<readonly Migration[]>
}

export const databaseSchema = (url: Secret): DatabaseSchema => ({
  status: () => explained(schemaStatus(url.reveal())),
  migrate: () => explained(migrate(url.reveal())),
})

/** Reads what PostgreSQL reports about itself. Throws an Error that says why the database is unusable and what to do. */
export const databaseReport = (url: Secret): Promise<DatabaseReport> => explained(readDatabaseReport(url.reveal()))

/** Copies a whole store to another engine, and compares the copy. */
export const copyStore = (
  from: StoreLocation,
  to: StoreLocation,
  tell: (progress: CopyProgress) => void,
): Promise<Copied> => explained(copyWholeStore(from, to, tell))

export interface Restored extends RestoredRows {
  /** True if the master key fits the restored store. Undefined if no key was available for the check. */
  readonly masterKeyFits: true | undefined
}

type RestoreRequest = Pick<Restoring, 'file' | 'to' | 'existing' | 'unsealed'> & {
  readonly masterKey: SecretSource | undefined
}

/**
 * Restores a backup. `masterKey` is the key that the environment names, or undefined if the environment names no key.
 */
export async function restoreStore(restoring: RestoreRequest, tell: Restoring['tell']): Promise<Restored> {
  const { to, masterKey } = restoring
  const folderKey = to.kind === 'folder' ? masterKeyFileIn(to.path) : ''
  const isAtHand = masterKey !== undefined || (to.kind === 'folder' && existsSync(folderKey))
  const judgeSeal = async (sealed: SealedText): Promise<void> => {
    if (!isAtHand) return
    const keys = await readKeys(masterKey ?? { kind: 'data-folder' }, folderKey)
    if (!createBackupSealing(keys).fits(sealed)) throw sealOfAnother(placeOfKey(masterKey, folderKey))
  }
  const judgeKey = async (canary: Uint8Array): Promise<void> => {
    if (!isAtHand) return
    await openKeys(masterKey ?? { kind: 'data-folder' }, folderKey, canary).catch((cause: unknown) => {
      throw cause instanceof WrongMasterKeyError ? keyOfAnother(placeOfKey(masterKey, folderKey), cause) : cause
    })
  }
  const restored = await explained(restoreWholeStore({ ...restoring, judgeSeal, judgeKey, tell }))
  return { ...restored, masterKeyFits: isAtHand || undefined }
}

const placeOfKey = (named: SecretSource | undefined, folderKey: string): string => {
  if (named === undefined) return folderKey
  return named.kind === 'file' ? named.path : serverSettings.masterKey.env
}

const sealOfAnother = (place: string): Error =>
  new Error(
    `Nothing was restored: the master key in ${place} did not seal this backup, or the backup was changed later. If that key belongs to another store, replace it with the right key, or remove it: without a key the restore skips this check, and the server checks the seal at its first start. If the key is the right one, use another backup, and find out who changed this one.`,
  )

const keyOfAnother = (place: string, cause: WrongMasterKeyError): Error =>
  new Error(
    `Nothing was restored: the master key in ${place} belongs to another store than the backup. Replace it with the right key, or remove it: without a key the restore skips this check, but the server needs the right key to start.`,
    { cause },
  )

/** Ends every token of a store that was restored without `latchkey restore`. */
export const afterRestore = (on: StoreLocation, damagedLog: 'refused' | 'dropped'): Promise<Ended> =>
  explained(endAfterRestore(on, damagedLog))

/** Reads a whole backup. Throws `BackupUnusable` if the file is not a complete backup. */
export async function examineBackup(file: string): Promise<BackupFacts> {
  const { madeAt, bytes } = await readBackup(file)
  return { madeAt, bytes }
}

export type LogExamined =
  { readonly kind: 'whole' } | TornTail | { readonly kind: 'damaged'; readonly problem: string; readonly cure: string }

/** Walks the write-ahead log of an embedded store, which a server may be using. Throws errors of the file. */
export function examineWriteAheadLog(storeFile: string): LogExamined {
  const log = walkLog(storeFile)
  if (log.kind !== 'damaged') return log
  return { kind: 'damaged', problem: damageOf(storeFile, log), cure: logCure(dirname(storeFile)) }
}

const explained = <Value>(act: Promise<Value>): Promise<Value> =>
  act.catch((cause: unknown) => {
    throw explainDatabase(cause)
  })
