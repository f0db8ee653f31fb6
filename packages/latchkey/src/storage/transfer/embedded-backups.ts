// Makes backups of the embedded store. SQLite copies the store page by page into a temporary file in the same folder.
// The file is unlinked before the backup is read, so the file disappears when the process ends.
import { createHash, type Hash, randomUUID } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, rm, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { accept, refuse } from '@latchkey/protocol'
import type { Backup, Backups, BackupSealing } from '../../ports/backups.ts'
import type { Clock } from '../../ports/clock.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { WorkerDisk } from '../sqlite/worker-disk.ts'
import { sealFor } from './backup-seal.ts'

const DRAFT = /^latchkey\.db\.backup-[0-9a-f-]{36}(?:-journal|-wal|-shm)?$/
/** A restore unpacks a backup into a folder whose name begins with this text, inside the folder of the new store. */
export const SCRATCH = '.restoring-'
/**
 * The disk space in bytes that must stay free for the running store during a backup. The running store needs far less.
 */
const SPARE_BYTES = 32 * 1024 * 1024
const PIECE_BYTES = 64 * 1024
const SYNC_EVERY_MS = 50

/** Removes the temporary files of a backup or restore whose process was killed. */
export function removeDrafts(storeFile: string): void {
  const folder = dirname(storeFile)
  for (const name of readdirSync(folder)) {
    if (DRAFT.test(name) || name.startsWith(SCRATCH)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

interface Making {
  readonly disk: WorkerDisk
  readonly storeFile: string
  readonly clock: Clock
  readonly sealing: BackupSealing
}

export function embeddedBackups(making: Making): Backups {
  const { storeFile } = making
  let isUnderWay = false
  const done = (): void => {
    isUnderWay = false
  }
  return {
    make: async () => {
      if (isUnderWay) return refuse({ reason: 'backup_under_way' })
      isUnderWay = true
      try {
        const { needed, free } = await roomBeside(storeFile)
        if (free >= needed) return accept(await copied(making, done))
      } catch (cause) {
        done()
        if (!isFull(cause)) throw new StoreUnavailable('the backup could not be made', { cause })
      }
      done()
      return refuse({ reason: 'no_room_for_backup', ...(await roomBeside(storeFile)) })
    },
  }
}

/** Returns true for an error of the file system or of SQLite (https://sqlite.org/rescode.html) that means a full disk. */
const isFull = (cause: unknown): boolean => {
  const { code, errcode } = cause as { readonly code?: unknown; readonly errcode?: unknown }
  return code === 'ENOSPC' || code === 'EDQUOT' || errcode === 13
}

async function roomBeside(storeFile: string): Promise<{ readonly needed: number; readonly free: number }> {
  const sizes = await Promise.all([sizeOf(storeFile), sizeOf(`${storeFile}-wal`)])
  const { bavail, bsize } = await statfs(dirname(storeFile))
  return { needed: sizes.reduce((sum, size) => sum + size, SPARE_BYTES), free: bavail * bsize }
}

/** Returns the length of a file. 0 if the file is missing. */
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

async function copied({ disk, storeFile, clock, sealing }: Making, done: () => void): Promise<Backup> {
  const draft = join(dirname(storeFile), `${basename(storeFile)}.backup-${randomUUID()}`)
  let file: FileHandle | undefined
  try {
    // Creates the file before SQLite does, because SQLite would make it readable for all users.
    file = await open(draft, 'wx+', 0o600)
    await syncedOften(file, disk.backUpTo(draft))
    const madeAt = clock.now()
    // Unlinks the open file, so that it disappears when this process ends.
    await rm(draft)
    const { size: bytes } = await file.stat()
    const hash = createHash('sha256')
    for await (const piece of pieces(file, bytes)) hash.update(piece)
    const end = sealFor({ madeAt, bytes }, hash, sealing)
    return handedOut(file, { bytes, madeAt, end, hash }, done)
  } catch (cause) {
    await file?.close()
    for (const name of [draft, `${draft}-journal`]) await rm(name, { force: true })
    throw cause
  }
}

/**
 * Syncs the copy repeatedly while SQLite writes it. Commits wait while the last step of SQLite syncs the remaining
 * pages, so only few pages should remain. A failed sync can be ignored here, because the last step then fails too.
 */
async function syncedOften(file: FileHandle, copying: Promise<void>): Promise<void> {
  const done = copying.then(
    () => true,
    () => true,
  )
  while ((await Promise.race([done, pause(SYNC_EVERY_MS, false)])) === false)
    await file.datasync().catch(() => undefined)
  await copying
}

interface Sealed {
  readonly bytes: number
  readonly madeAt: number
  readonly end: Buffer
  readonly hash: Hash
}

function handedOut(file: FileHandle, { bytes, madeAt, end, hash }: Sealed, done: () => void): Backup {
  let dropped: Promise<void> | undefined
  const drop = (): Promise<void> => (dropped ??= file.close().finally(done))
  return {
    bytes: bytes + end.length,
    madeAt,
    sha256: hash.digest('hex'),
    drop,
    async *read() {
      try {
        yield* pieces(file, bytes)
        // Ends the backup before it yields the last bytes, because a caller that has all bytes may request the next
        // backup at once.
        await drop()
        yield end
      } finally {
        await drop()
      }
    },
  }
}

async function* pieces(file: FileHandle, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE_BYTES), 0, Math.min(PIECE_BYTES, bytes - at), at)
    if (bytesRead === 0) throw new Error('the backup was interrupted while it was read')
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}
