// The length of the write-ahead log, kept beside it while a server runs: a log that was cut off or removed is shorter.
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const TEXT = /^([0-9]{16})\n$/

const pathOf = (storeFile: string): string => `${storeFile}-wal-length`

/**
 * The file holds a number that was the length of the log after a sync. The file itself is not synced: after a power cut it
 * may hold an older number, or be missing. After a kill the number is exact.
 */
export class LogMark {
  readonly #file: number
  readonly #log: string
  #bytes = 0

  private constructor(file: number, log: string) {
    this.#file = file
    this.#log = log
  }

  /** Call it when the log is empty. Returns undefined if the file cannot be made: then a shorter log goes unnoticed. */
  static begin(storeFile: string): LogMark | undefined {
    try {
      return new LogMark(openSync(pathOf(storeFile), 'w', 0o600), `${storeFile}-wal`)
    } catch {
      return undefined
    }
  }

  /** The length of the log's file after the last commit. SQLite never makes the file shorter while it is marked. */
  get bytes(): number {
    return this.#bytes
  }

  /** Call it after a commit was synced. SQLite starts again at the beginning of the log without making the file shorter. */
  note(): void {
    try {
      const bytes = statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0
      if (bytes <= this.#bytes) return
      // After `removeMark` this file has no name, and the write marks nothing.
      writeSync(this.#file, `${String(bytes).padStart(16, '0')}\n`, 0)
      this.#bytes = bytes
    } catch {
      // The commit is durable, and the number before this one is a lower bound too.
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Longer than any log. */
export const CONDEMNED = Number.MAX_SAFE_INTEGER

/** Makes every start refuse the file until `removeMark`: its log is being dropped, and its tokens are not ended yet. */
export function condemnLog(storeFile: string): void {
  const file = openSync(pathOf(storeFile), 'w', 0o600)
  try {
    writeSync(file, `${String(CONDEMNED)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Returns the least length of the log in bytes; 0 if it is not known. */
export function markedBytes(storeFile: string): number {
  try {
    return Number(TEXT.exec(readFileSync(pathOf(storeFile), 'latin1'))?.[1] ?? 0)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw cause
  }
}

/** Call it before SQLite makes the log shorter, or erases the log when it closes the file. */
export function removeMark(storeFile: string): void {
  if (statSync(pathOf(storeFile), { throwIfNoEntry: false }) === undefined) return
  rmSync(pathOf(storeFile), { force: true })
  try {
    const folder = openSync(dirname(storeFile), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch {
    // Folders of some systems cannot be synced. A mark that a power cut brings back refuses a start and loses nothing.
  }
}
