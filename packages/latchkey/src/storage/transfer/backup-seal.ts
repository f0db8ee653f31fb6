// Reads and writes the last line of a backup file. The line contains the time of the backup, a checksum of all bytes
// before it, and the seal of the server.
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import type { EpochSeconds } from '../../domain/slot.ts'
import type { BackupSealing, SealedText } from '../../ports/backups.ts'

/** The version of the line. Version 1 has no seal. Version 2 ends with an HMAC-SHA-256 over the rest of the line. */
type Version = 1 | 2

/**
 * A backup file consists of a SQLite database and this line. The length of the database is in the header of the
 * database.
 */
const LINE =
  /^(\nlatchkey-backup ([12]) made ([0-9TZ:-]{20}) bytes ([0-9]{15}) sha256 ([0-9a-f]{64}))(?: hmac-sha256 ([0-9a-f]{64}))?\n$/
const HEX = 64
/** The length of the line in bytes. */
const LINE_BYTES: Readonly<Record<Version, number>> = {
  1: lineStart(1, 0, 0).length + HEX + '\n'.length,
  2: lineStart(2, 0, 0).length + HEX + ' hmac-sha256 '.length + HEX + '\n'.length,
}

/** Thrown if the file is not a complete backup. The message says why. */
export class BackupUnusable extends Error {
  readonly code = 'backup_unusable'
}

export interface BackupFacts {
  readonly madeAt: EpochSeconds
  /** The length of the database in bytes. */
  readonly bytes: number
}

export interface BackupSeal extends BackupFacts {
  /**
   * The seal, which the caller must check. Undefined if an older version of Latchkey made the backup without a seal.
   */
  readonly sealed: SealedText | undefined
}

/**
 * Returns the last line of the backup. `of` is the hash of the database. This function adds the beginning of the line
 * to the hash.
 */
export function sealFor({ madeAt, bytes }: BackupFacts, of: Hash, sealing: BackupSealing): Buffer {
  const start = lineStart(2, madeAt, bytes)
  const digest = of.update(start).copy().digest('hex')
  const text = start + digest
  const rest = `${digest} hmac-sha256 ${sealing.seal(text)}\n`
  of.update(rest)
  return Buffer.from(start + rest, 'latin1')
}

/**
 * Reads the whole file, and passes each piece of the database to `take`. Resolves only if the checksum of the pieces is
 * right. Throws `BackupUnusable`, and errors of the file.
 */
export async function readBackup(
  path: string,
  take: (piece: Uint8Array) => Promise<void> = () => Promise.resolve(),
): Promise<BackupSeal> {
  // Refuses a pipe, because opening a pipe would block until another program writes to it.
  if (!(await stat(path)).isFile()) throw new BackupUnusable(`${path} is not a file.`)
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const line = (await lastLine(file, size, 2)) ?? (await lastLine(file, size, 1))
    if (line === undefined) throw new BackupUnusable(`${path} is not a complete backup: ${await whatItIs(path)}.`)
    const { version, made, bytes, digest, sealed } = line
    const before = size - LINE_BYTES[version]
    if (bytes !== before)
      throw new BackupUnusable(
        `${path} is not a complete backup: it has ${String(before)} bytes of data, but ${String(bytes)} were written.`,
      )
    const madeAt = Math.floor(Date.parse(made) / 1000)
    const hash = createHash('sha256')
    if (bytes > 0) {
      for await (const piece of file.createReadStream({ start: 0, end: bytes - 1, autoClose: false })) {
        hash.update(piece as Buffer)
        await take(piece as Buffer)
      }
    }
    if (hash.update(lineStart(version, madeAt, bytes)).digest('hex') !== digest)
      throw new BackupUnusable(`${path} was changed after it was made: its checksum is wrong.`)
    return { madeAt, bytes, sealed }
  } finally {
    await file.close()
  }
}

interface Line {
  readonly version: Version
  readonly made: string
  readonly bytes: number
  readonly digest: string
  readonly sealed: SealedText | undefined
}

/** Returns the last line. Undefined if the file does not end with a line of this format. */
async function lastLine(file: FileHandle, size: number, version: Version): Promise<Line | undefined> {
  const length = LINE_BYTES[version]
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, size - length))
  const [, text, written, made, bytes, digest, mac] = LINE.exec(buffer.toString('latin1', 0, bytesRead)) ?? []
  if (text === undefined || made === undefined || digest === undefined || Number(written) !== version) return undefined
  // A line of version 2 always has a seal, and a line of version 1 never has a seal.
  if ((mac === undefined) !== (version === 1)) return undefined
  return { version, made, bytes: Number(bytes), digest, sealed: mac === undefined ? undefined : { text, mac } }
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

function lineStart(version: Version, madeAt: EpochSeconds, bytes: number): string {
  const time = new Date(madeAt * 1000).toISOString().replace(/\.000Z$/, 'Z')
  return `\nlatchkey-backup ${String(version)} made ${time} bytes ${String(bytes).padStart(15, '0')} sha256 `
}
