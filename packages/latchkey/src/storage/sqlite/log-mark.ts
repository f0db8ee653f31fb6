// The length of the write-ahead log, kept beside it while a server runs: a log that was cut off or removed is shorter.
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const TEXT = /^([0-9]{16})\n$/

const pathOf = (storeFile: string): string => `${storeFile}-wal-length`

/**
 * Each number in it was the length of a log that had been synced. It is written without a sync of its own, so after a
 * power cut it may be an older number or gone; a kill leaves it exact.
 */
export class LogMark {
  readonly #file: number
  readonly #log: string
  #bytes = 0

  private constructor(file: number, log: string) {
    this.#file = file
    this.#log = log
  }

  /** For a log that is empty. Undefined if the file cannot be made: then a shorter log goes unnoticed. */
  static begin(storeFile: string): LogMark | undefined {
    try {
      return new LogMark(openSync(pathOf(storeFile), 'w', 0o600), `${storeFile}-wal`)
    } catch {
      return undefined
    }
  }

  /** After a commit that was synced. SQLite begins the file anew without making it shorter. */
  note(): void {
    try {
      const bytes = statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0
      if (bytes <= this.#bytes) return
      // A file without a name, once `removeMark` was called: then nothing is marked any more.
      writeSync(this.#file, `${String(bytes).padStart(16, '0')}\n`, 0)
      this.#bytes = bytes
    } catch {
      // The commit is durable. The number before this one is a lower bound as well.
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Longer than any log. */
export const CONDEMNED = Number.MAX_SAFE_INTEGER

/** No start takes the file until `removeMark`: its log is dropped, and the tokens from before are not ended yet. */
export function condemnLog(storeFile: string): void {
  const file = openSync(pathOf(storeFile), 'w', 0o600)
  try {
    writeSync(file, `${String(CONDEMNED)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** How long the log is at least; 0 if that is not known. */
export function markedBytes(storeFile: string): number {
  try {
    return Number(TEXT.exec(readFileSync(pathOf(storeFile), 'latin1'))?.[1] ?? 0)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw cause
  }
}

/** Before SQLite makes the log shorter or erases it, as it does when it closes the file. */
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
