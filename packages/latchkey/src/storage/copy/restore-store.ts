// Puts a backup back, as a store whose tokens from before are all over: whole, or not there.
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EpochSeconds } from '../../domain/slot.ts'
import { BackupUnusable, readBackup } from '../backup/backup-seal.ts'
import { removeDrafts, SCRATCH } from '../backup/embedded-backups.ts'
import { CopyRefused } from './copy-refused.ts'
import { type CopyPlace, type CopyProgress, pour } from './copy-store.ts'
import { ENDED_TABLES, type PutBackNote, raisedFloor } from './put-back.ts'
import { openStillDatabase } from './still-database.ts'
import { openStillFolder } from './still-folder.ts'
import { type StillStore, TABLES } from './tables.ts'

export interface Restoring {
  readonly file: string
  readonly to: CopyPlace
  /** What becomes of a store that is in the folder already. */
  readonly existing: 'refused' | 'replaced'
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
}

/** Throws `BackupUnusable`, `CopyRefused`, `SchemaTooNew`, what `judgeKey` throws, and errors of files and connections. */
export async function restoreStore({ file, to, existing, judgeKey, tell }: Restoring): Promise<Restored> {
  // Before the place is touched.
  await readBackup(file)
  const undo = to.kind === 'folder' ? folderAsItWas(to.path) : undefined
  const target = await open(to, existing).catch((cause: unknown) => {
    // Unless somebody else is at it.
    if (!(cause instanceof CopyRefused)) undo?.()
    throw cause
  })
  let isDone = false
  let scratch: string | undefined
  try {
    if (target.facts !== undefined && existing === 'refused') throw new CopyRefused(inTheWay(to))
    scratch = scratchFolder(to)
    const { madeAt } = await unpack(file, join(scratch, 'latchkey.db'))
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
      const note: PutBackNote = { floor, reason: 'restored', at: Math.floor(now / 1000), tokens: state.tokens, madeAt }
      const kept = TABLES.filter(({ name }) => !ENDED_TABLES.includes(name))
      const { rows } = await pour(source, target, { ...facts, floor, putBack: JSON.stringify(note) }, kept, tell)
      isDone = true
      return { rows, madeAt, floor, tokens: state.tokens }
    } finally {
      await source.close()
    }
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true })
    // While the lock is held: nobody else can have begun to use the place.
    if (!isDone) undo?.()
    await target.close()
  }
}

function open(to: CopyPlace, existing: Restoring['existing']): Promise<StillStore> {
  if (to.kind === 'database') return openStillDatabase(to.url)
  if (existing === 'refused') return openStillFolder(to.path, 'target', 'refused')
  // To replace a damaged store is the cure.
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
    for (const end of ['', '-wal', '-shm']) rmSync(join(path, `latchkey.db${end}`), { force: true })
    if (!hadFolder && existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
  }
}

async function unpack(file: string, path: string): Promise<{ readonly madeAt: EpochSeconds }> {
  const unpacked = openSync(path, 'wx', 0o600)
  try {
    const seal = await readBackup(file, (piece) => {
      for (let at = 0; at < piece.length;) at += writeSync(unpacked, piece, at)
      return Promise.resolve()
    })
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
