// The end of a backup file: a line that says what it is, when it was made, and the checksum of all that stands before it.
import { createHash, type Hash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import type { EpochSeconds } from '../../domain/slot.ts'

/** A file is a SQLite database, which ends where its header says, and this line behind it. */
const LINE = /^\nlatchkey-backup 1 made ([0-9TZ:-]{20}) bytes ([0-9]{15}) sha256 ([0-9a-f]{64})\n$/
const HEX = 64
/** Always the same number of bytes. */
const SEAL_BYTES = lineStart(0, 0).length + HEX + 1

/** The file is no whole backup. The message says why. */
export class BackupUnusable extends Error {
  readonly code = 'backup_unusable'
}

export interface BackupSeal {
  readonly madeAt: EpochSeconds
  /** Of the database alone. */
  readonly bytes: number
}

/** What stands behind the database whose bytes `of` has seen; `of` has then seen all. */
export function sealFor({ madeAt, bytes }: BackupSeal, of: Hash): Buffer {
  const start = lineStart(madeAt, bytes)
  const digest = of.update(start).copy().digest('hex')
  const rest = `${digest}\n`
  of.update(rest)
  return Buffer.from(start + rest, 'latin1')
}

/**
 * Goes over the whole file, and hands each piece of the database to `take`. What was taken is good if this resolves.
 * Throws `BackupUnusable`, and errors of the file.
 */
export async function readBackup(
  path: string,
  take: (piece: Uint8Array) => Promise<void> = () => Promise.resolve(),
): Promise<BackupSeal> {
  // To open a pipe would wait for whoever writes to it.
  if (!(await stat(path)).isFile()) throw new BackupUnusable(`${path} is no file.`)
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const end = await file.read(Buffer.alloc(SEAL_BYTES), 0, SEAL_BYTES, Math.max(0, size - SEAL_BYTES))
    const line = end.buffer.toString('latin1', 0, end.bytesRead)
    const [, made = '', counted, digest] = LINE.exec(line) ?? []
    const bytes = Number(counted)
    if (digest === undefined) throw new BackupUnusable(`${path} is no whole backup: ${await whatItIs(path)}.`)
    if (bytes !== size - SEAL_BYTES) {
      throw new BackupUnusable(`${path} is no whole backup: it has ${String(size - SEAL_BYTES)} bytes of data, and ${String(bytes)} were written.`) // prettier-ignore
    }
    const madeAt = Math.floor(Date.parse(made) / 1000)
    const hash = createHash('sha256')
    if (bytes > 0) {
      for await (const piece of file.createReadStream({ start: 0, end: bytes - 1, autoClose: false })) {
        hash.update(piece as Buffer)
        await take(piece as Buffer)
      }
    }
    if (hash.update(lineStart(madeAt, bytes)).digest('hex') !== digest)
      throw new BackupUnusable(`${path} was changed since it was made: its checksum is another one.`)
    return { madeAt, bytes }
  } finally {
    await file.close()
  }
}

async function whatItIs(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    const isDatabase = buffer.toString('latin1', 0, bytesRead) === 'SQLite format 3\0'
    return isDatabase
      ? 'its end is missing, or it was not made by latchkey backup'
      : 'it was not made by latchkey backup'
  } finally {
    await file.close()
  }
}

function lineStart(madeAt: EpochSeconds, bytes: number): string {
  const time = new Date(madeAt * 1000).toISOString().replace(/\.000Z$/, 'Z')
  return `\nlatchkey-backup 1 made ${time} bytes ${String(bytes).padStart(15, '0')} sha256 `
}
