// Records the length of the write-ahead log in a separate file (the mark), so that a start notices if someone cut off
// or removed the log.
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const TEXT = /^([0-9]{16})\n$/

const pathOf = (storeFile: string): string => `${storeFile}-wal-length`

/**
 * The mark contains the length of the log after its last sync. The mark itself is not synced, so after a power failure
 * it may contain an older length or be missing. After a kill of the process, the length is exact.
 */
export class LogMark {
  readonly #file: number
  readonly #log: string
  #bytes = 0

  private constructor(file: number, log: string) {
    this.#file = file
    this.#log = log
  }

  /**
   * Creates the mark of an empty log. Returns undefined if the file cannot be created. The next start then cannot
   * detect a shortened log.
   */
  static begin(storeFile: string): LogMark | undefined {
    try {
      return new LogMark(openSync(pathOf(storeFile), 'w', 0o600), `${storeFile}-wal`)
    } catch {
      return undefined
    }
  }

  /** The length of the log file in bytes after the last commit. SQLite never shortens the log while the mark exists. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Records the length of the log after a synced commit. SQLite may later overwrite the log from its beginning, but the
   * file keeps its length.
   */
  note(): void {
    try {
      const bytes = statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0
      if (bytes <= this.#bytes) return
      // After `removeMark` the file has no name, so this write has no effect.
      writeSync(this.#file, `${String(bytes).padStart(16, '0')}\n`, 0)
      this.#bytes = bytes
    } catch {
      // An error is ignored: the commit is durable without this write, and the previous length is still a valid lower
      // bound.
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** A length that no log can have. */
export const CONDEMNED = Number.MAX_SAFE_INTEGER

/**
 * Makes every start refuse the store until `removeMark` is called. The command that drops a damaged log calls this
 * function, so that no server starts before all tokens of the store have ended.
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

/** Returns the length in bytes that the log must have at least. 0 if the store has no mark. */
export function markedBytes(storeFile: string): number {
  try {
    return Number(TEXT.exec(readFileSync(pathOf(storeFile), 'latin1'))?.[1] ?? 0)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw cause
  }
}

/**
 * Removes the mark. The caller must call this method before SQLite shortens the log, or erases the log at the close of
 * the file.
 */
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
    // Some systems cannot sync folders. If the mark reappears after a power failure, the start refuses the store, but
    // no data is lost.
  }
}
