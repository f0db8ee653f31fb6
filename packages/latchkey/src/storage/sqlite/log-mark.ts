// Keeps the length of the write-ahead log in a file beside it, so that a start notices a log that was cut off or removed.
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const TEXT = /^([0-9]{16})\n$/

const pathOf = (storeFile: string): string => `${storeFile}-wal-length`

/**
 * The file holds the length of the log after a sync. The file itself is not synced: after a power cut it may hold an older
 * length or be missing. After a kill the length is exact.
 */
export class LogMark {
  readonly #file: number
  readonly #log: string
  #bytes = 0

  private constructor(file: number, log: string) {
    this.#file = file
    this.#log = log
  }

  /** Call it when the log is empty. Undefined if the file cannot be created. Then a shorter log goes unnoticed. */
  static begin(storeFile: string): LogMark | undefined {
    try {
      return new LogMark(openSync(pathOf(storeFile), 'w', 0o600), `${storeFile}-wal`)
    } catch {
      return undefined
    }
  }

  /** The length of the log file after the last commit. SQLite never makes the file shorter while it is marked. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Call it after a commit was synced. SQLite may later write the log from its start again, but keeps the length of the
   * file.
   */
  note(): void {
    try {
      const bytes = statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0
      if (bytes <= this.#bytes) return
      // After `removeMark` this file has no name, so the write has no effect.
      writeSync(this.#file, `${String(bytes).padStart(16, '0')}\n`, 0)
      this.#bytes = bytes
    } catch {
      // If this write fails, the commit is durable all the same, and the previous length is a valid lower bound.
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** A length that no log has. */
export const CONDEMNED = Number.MAX_SAFE_INTEGER

/**
 * Makes every start refuse the file until `removeMark`. Used while a log is being dropped, until its tokens have ended.
 */
export function condemnLog(storeFile: string): void {
  const file = openSync(pathOf(storeFile), 'w', 0o600)
  try {
    writeSync(file, `${String(CONDEMNED)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Returns the minimum length of the log in bytes. 0 if it is unknown. */
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
    // Some systems cannot sync folders. If a power cut brings the mark back, the start is refused and nothing is lost.
  }
}
