// Puts a backup back, as a store whose tokens from before are all over: whole, or not there.
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EpochSeconds } from '../../domain/slot.ts'
import type { SealedText } from '../../ports/backups.ts'
import { type BackupSeal, BackupUnusable, readBackup } from './backup-seal.ts'
import { removeDrafts, SCRATCH } from './embedded-backups.ts'
import { CopyRefused } from './copy-refused.ts'
import { type CopyPlace, type CopyProgress, pour } from './copy-store.ts'
import type { PutBackNote } from '../../rows/put-back-note.ts'
import { ENDED_TABLES, raisedFloor } from './put-back.ts'
import { openStillDatabase } from './still-database.ts'
import { openStillFolder } from './still-folder.ts'
import { type StillStore, TABLES } from './tables.ts'

/** The backup has no seal, so its origin is not known. Nothing was changed. */
export class BackupUnsealed extends Error {
  readonly code = 'backup_unsealed'

  constructor(file: string) {
    super(
      `${file} has no seal: a version of Latchkey before seals made it, or somebody else did. Nothing was restored. If you know where it comes from and who could change it, add --accept-unsealed; the next start puts that on record.`,
    )
  }
}

export interface Restoring {
  readonly file: string
  readonly to: CopyPlace
  /** What becomes of a store that is in the folder already. */
  readonly existing: 'refused' | 'replaced'
  /** What becomes of a backup that has no seal. */
  readonly unsealed: 'refused' | 'accepted'
  /** Called with the seal of the backup, before its database is opened. Throws to refuse. */
  readonly judgeSeal: (sealed: SealedText) => Promise<void>
  /** Called with what proves the master key, before anything is written. Throws to refuse. */
  readonly judgeKey: (canary: Uint8Array) => Promise<void>
  /** What it throws ends the restore, and nothing is restored. */
  readonly tell: (progress: CopyProgress) => void | Promise<void>
}

export interface Restored {
  readonly rows: number
  readonly madeAt: EpochSeconds
  readonly floor: number
  /** That were live in the backup, and would be now. */
  readonly tokens: number
  readonly isSealed: boolean
}

/**
 * Throws `BackupUnusable`, `CopyRefused`, `SchemaTooNew`, what `judgeKey` throws, and errors of files and
 * connections.
 */
export async function restoreStore(restoring: Restoring): Promise<Restored> {
  const { file, to, existing, judgeKey, tell } = restoring
  // Before the place is touched.
  await judge(await readBackup(file), restoring)
  const undo = to.kind === 'folder' ? folderAsItWas(to.path) : undefined
  const target = await open(to, existing).catch((cause: unknown) => {
    // Unless another process is using it.
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
    const source = await openStillFolder(scratch, 'source', 'refused')
    try {
      // It is read on without a name, and gone with this process, however that ends.
      rmSync(scratch, { recursive: true, force: true })
      const { facts } = source
      if (facts === undefined) throw new BackupUnusable(`${file} holds no store.`)
      await judgeKey(facts.canary)
      const now = Date.now()
      const state = await source.state(Math.floor(now / 1000))
      const floor = raisedFloor(now, state, await target.state(0))
      const backup = seal.sealed ?? 'unsealed'
      const note: PutBackNote = {
        floor,
        reason: 'restored',
        at: Math.floor(now / 1000),
        tokens: state.tokens,
        madeAt,
        backup,
      }
      const kept = TABLES.filter(({ name }) => !ENDED_TABLES.includes(name))
      const { rows } = await pour(source, target, { ...facts, floor, putBack: JSON.stringify(note) }, kept, tell)
      isDone = true
      return { rows, madeAt, floor, tokens: state.tokens, isSealed: seal.sealed !== undefined }
    } finally {
      await source.close()
    }
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
    // While the lock is held: no other process can have begun to use the location.
    if (!isDone) undo?.()
    await target.close()
  }
}

// Async, so that an error of a folder is a rejection as well.
async function open(to: CopyPlace, existing: Restoring['existing']): Promise<StillStore> {
  if (to.kind === 'database') return openStillDatabase(to.url)
  if (existing === 'refused') return openStillFolder(to.path, 'target', 'refused')
  // Replacing a store is the cure for a damaged log.
  return openStillFolder(to.path, 'replaced', 'dropped')
}

const inTheWay = (to: CopyPlace): string =>
  to.kind === 'folder'
    ? `${to.path} holds a store already. Restore to a new folder, or add --replace, which ends that store for good.`
    : 'The database holds a store already. Restore to an empty database.'

/** Beside the store, on its disk; for a database, where temporary files are. */
function scratchFolder(to: CopyPlace): string {
  if (to.kind === 'database') return mkdtempSync(join(tmpdir(), 'latchkey-restoring-'))
  removeDrafts(join(to.path, 'latchkey.db'))
  return mkdtempSync(join(to.path, SCRATCH))
}

/** Returns how to take back what an attempt has made there. */
function folderAsItWas(path: string): () => void {
  const [hadFolder, hadStore] = [existsSync(path), existsSync(join(path, 'latchkey.db'))]
  return () => {
    if (hadStore) return
    for (const end of ['', '-wal', '-shm', '-wal-length']) rmSync(join(path, `latchkey.db${end}`), { force: true })
    if (!hadFolder && existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
  }
}

/** Throws `BackupUnusable`, and what `judgeSeal` throws. */
async function judge({ sealed }: BackupSeal, { file, unsealed, judgeSeal }: Restoring): Promise<void> {
  if (sealed !== undefined) await judgeSeal(sealed)
  else if (unsealed === 'refused') throw new BackupUnsealed(file)
}

/** Throws what `judgeFile` throws. */
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
    // The file may have been replaced since the first check.
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
