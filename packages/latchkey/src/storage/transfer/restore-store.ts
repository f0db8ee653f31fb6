// Restores a backup as a store in which all earlier tokens have ended. If the restore fails, nothing is restored.
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EpochSeconds } from '../../domain/slot.ts'
import type { SealedText } from '../../ports/backups.ts'
import { type BackupSeal, BackupUnusable, readBackup } from './backup-seal.ts'
import { removeDrafts, SCRATCH } from './embedded-backups.ts'
import { CopyRefused } from './copy-refused.ts'
import { type StoreLocation, type CopyProgress, copyRows } from './copy-store.ts'
import type { RestoreNote } from '../../rows/restore-note.ts'
import { ENDED_TABLES, raisedFloor } from './restored-state.ts'
import { openOfflineDatabase } from './offline-database.ts'
import { openOfflineFolder } from './offline-folder.ts'
import { type OfflineStore, TABLES } from './tables.ts'

/** Thrown if the backup has no seal, because its origin is then unknown. Nothing was changed. */
export class BackupUnsealed extends Error {
  readonly code = 'backup_unsealed'

  constructor(file: string) {
    super(
      `${file} has no seal: an older version of Latchkey made it, or another program. Nothing was restored. If you know its origin and who could change it, add --accept-unsealed. The next start records that in the audit trail.`,
    )
  }
}

export interface Restoring {
  readonly file: string
  readonly to: StoreLocation
  /** What happens if the folder already contains a store: the restore is refused, or the restore replaces the store. */
  readonly existing: 'refused' | 'replaced'
  /** What happens if the backup has no seal: the restore refuses or accepts the backup. */
  readonly unsealed: 'refused' | 'accepted'
  /** Called with the seal of the backup before the restore opens the database in it. Throws to refuse the backup. */
  readonly judgeSeal: (sealed: SealedText) => Promise<void>
  /**
   * Called with the canary before the restore writes anything, to check the master key. Throws to refuse the backup.
   */
  readonly judgeKey: (canary: Uint8Array) => Promise<void>
  /** Called with the progress. If it throws, the restore ends and nothing is restored. */
  readonly tell: (progress: CopyProgress) => void | Promise<void>
}

export interface Restored {
  readonly rows: number
  readonly madeAt: EpochSeconds
  readonly floor: number
  /** The number of unexpired tokens that were live in the backup. */
  readonly tokens: number
  readonly isSealed: boolean
}

/**
 * Restores the backup. Throws `BackupUnusable`, `BackupUnsealed`, `CopyRefused`, `SchemaTooNew`, the errors of
 * `judgeSeal` and `judgeKey`, and errors of files and connections.
 */
export async function restoreStore(restoring: Restoring): Promise<Restored> {
  const { file, to, existing, judgeKey, tell } = restoring
  // Checks the backup before the restore changes the target.
  await judge(await readBackup(file), restoring)
  const undo = to.kind === 'folder' ? folderAsItWas(to.path) : undefined
  const target = await open(to, existing).catch((cause: unknown) => {
    // After a `CopyRefused`, the restore must not remove any file, because another process uses the target.
    if (!(cause instanceof CopyRefused)) undo?.()
    throw cause
  })
  let isDone = false
  let scratch: string | undefined
  try {
    if (target.facts !== undefined && existing === 'refused') throw new CopyRefused(inTheWay(to))
    scratch = scratchFolder(to)
    const seal = await unpack(file, join(scratch, 'latchkey.db'), (found) => judge(found, restoring))
    const { madeAt } = seal
    const source = await openOfflineFolder(scratch, 'source', 'refused')
    try {
      // Unlinks the unpacked database. The open database stays readable, and its space is freed when this process ends.
      rmSync(scratch, { recursive: true, force: true })
      const { facts } = source
      if (facts === undefined) throw new BackupUnusable(`${file} contains no store.`)
      await judgeKey(facts.canary)
      const now = Date.now()
      const state = await source.state(Math.floor(now / 1000))
      const floor = raisedFloor(now, state, await target.state(0))
      const backup = seal.sealed ?? 'unsealed'
      const note: RestoreNote = {
        floor,
        reason: 'restored',
        at: Math.floor(now / 1000),
        tokens: state.tokens,
        madeAt,
        backup,
      }
      const kept = TABLES.filter(({ name }) => !ENDED_TABLES.includes(name))
      const { rows } = await copyRows({
        source,
        target,
        facts: { ...facts, floor, restoreNote: JSON.stringify(note) },
        tables: kept,
        tell,
      })
      isDone = true
      return { rows, madeAt, floor, tokens: state.tokens, isSealed: seal.sealed !== undefined }
    } finally {
      await source.close()
    }
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
    // This process still has the lock, so no other process can use the target yet.
    if (!isDone) undo?.()
    await target.close()
  }
}

// The function is async, so that errors of a folder become rejections.
async function open(to: StoreLocation, existing: Restoring['existing']): Promise<OfflineStore> {
  if (to.kind === 'database') return openOfflineDatabase(to.url)
  if (existing === 'refused') return openOfflineFolder(to.path, 'target', 'refused')
  // A damaged log does not matter, because the store is replaced.
  return openOfflineFolder(to.path, 'replaced', 'dropped')
}

const inTheWay = (to: StoreLocation): string =>
  to.kind === 'folder'
    ? `${to.path} already contains a store. Restore to a new folder, or add --replace, which ends that store for good.`
    : 'The database already contains a store. Restore to an empty database.'

/**
 * Makes the folder in which the backup is unpacked. If the new store is in a folder, the backup is unpacked inside this
 * folder, on the same disk. If the new store is in a database, the backup is unpacked in the folder for temporary
 * files.
 */
function scratchFolder(to: StoreLocation): string {
  if (to.kind === 'database') return mkdtempSync(join(tmpdir(), 'latchkey-restoring-'))
  removeDrafts(join(to.path, 'latchkey.db'))
  return mkdtempSync(join(to.path, SCRATCH))
}

/** Returns a function that removes the files that a failed restore has created. */
function folderAsItWas(path: string): () => void {
  const [hadFolder, hadStore] = [existsSync(path), existsSync(join(path, 'latchkey.db'))]
  return () => {
    if (hadStore) return
    for (const end of ['', '-wal', '-shm', '-wal-length']) rmSync(join(path, `latchkey.db${end}`), { force: true })
    if (!hadFolder && existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
  }
}

/** Checks the seal. Throws `BackupUnsealed`, and the error of `judgeSeal`. */
async function judge({ sealed }: BackupSeal, { file, unsealed, judgeSeal }: Restoring): Promise<void> {
  if (sealed !== undefined) await judgeSeal(sealed)
  else if (unsealed === 'refused') throw new BackupUnsealed(file)
}

/** Writes the database in the backup to the file at `path`. Throws `BackupUnusable`, and the error of `judgeFile`. */
async function unpack(
  file: string,
  path: string,
  judgeFile: (found: BackupSeal) => Promise<void>,
): Promise<BackupSeal> {
  const unpacked = openSync(path, 'wx', 0o600)
  try {
    const seal = await readBackup(file, (piece) => {
      for (let at = 0; at < piece.length;) at += writeSync(unpacked, piece, at)
      return Promise.resolve()
    })
    // Checks the backup again, because the file may have been replaced since the first check.
    await judgeFile(seal)
    refuseDamaged(file, path)
    return seal
  } finally {
    closeSync(unpacked)
  }
}

function refuseDamaged(file: string, path: string): void {
  const database = new DatabaseSync(path)
  try {
    const found = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
    if (found !== 'ok') throw new BackupUnusable(`${file} is damaged inside: ${String(found)}.`)
  } finally {
    database.close()
  }
}
