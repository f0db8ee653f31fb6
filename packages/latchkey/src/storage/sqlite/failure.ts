// Classifies a failed commit: a refused statement, a disk that may recover, or a disk that can no longer be trusted.
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

export type FailureKind = 'statement' | 'outcome_unknown' | 'fatal'

// The primary result codes of SQLite (https://sqlite.org/rescode.html).
const READONLY = 8
const IOERR = 10
const FULL = 13
const CANTOPEN = 14
const STATEMENT_REFUSED = new Set([/* TOOBIG */ 18, /* CONSTRAINT */ 19, /* MISMATCH */ 20, /* RANGE */ 25])
// The extended result codes of a failed fsync. After a failed fsync, a later successful fsync does not mean that the
// earlier pages are on the disk.
const FAILED_SYNC = new Set([/* IOERR_FSYNC */ 1034, /* IOERR_DIR_FSYNC */ 1290])
// Error numbers of the operating system: no space, quota exceeded, and a read-only file system.
const { ENOSPC, EDQUOT, EROFS } = constants.errno
const MAY_COME_BACK = new Set([-ENOSPC, -EDQUOT, -EROFS])

/**
 * Returns the kind of a failure of SQLite. `path` is the database file. After an input/output error, writes a small
 * file into the folder of the database to learn whether the disk is full or read-only.
 */
export function classifyFailure(cause: unknown, path: string): FailureKind {
  const code = (cause as { errcode?: unknown }).errcode
  if (typeof code !== 'number') return 'statement'
  const primary = code & 0xff
  if (STATEMENT_REFUSED.has(primary)) return 'statement'
  if (primary === FULL || primary === READONLY) return 'outcome_unknown'
  if (FAILED_SYNC.has(code)) return 'fatal'
  if (primary === IOERR || primary === CANTOPEN) return mayComeBack(path) ? 'outcome_unknown' : 'fatal'
  return 'fatal'
}

function mayComeBack(path: string): boolean {
  const probe = join(dirname(path), '.write-probe')
  try {
    const file = openSync(probe, 'w', 0o600)
    try {
      writeSync(file, Buffer.alloc(8192))
      fsyncSync(file)
    } finally {
      closeSync(file)
      unlinkSync(probe)
    }
    return false
  } catch (cause) {
    return MAY_COME_BACK.has((cause as NodeJS.ErrnoException).errno ?? 0)
  }
}
