// Decides when to checkpoint the write-ahead log, that is, to copy the log into the database file. A checkpoint runs
// after the answers to commits were posted, never inside a commit.

/** The size of the log in bytes at which a checkpoint runs even if requests wait. */
const MOST_LOG_BYTES = 16 * 1024 * 1024
/** The number of commands after which a checkpoint is worth its cost. One command usually changes one page. */
const WORTH_COMMANDS = 1000
/** A checkpoint waits until this number of milliseconds has passed without a new order to the storage thread. */
const QUIET_MS = 2

interface Log {
  /** The length of the log file in bytes after the last commit. */
  readonly logBytes: number
  /**
   * Copies the log into the database file. The log file keeps its length, and SQLite overwrites it from its beginning.
   */
  checkpointLog(): void
}

export class Checkpoints {
  readonly #log: Log
  #commands = 0
  /** The length of the log file in bytes at the last checkpoint. */
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** Postpones a pending checkpoint, because the checkpoint would delay the order that has just arrived. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  /** Reports that the answer to a commit was posted. `commands` is the number of commands in the commit. */
  answered(commands: number): void {
    this.#commands += commands
    const { logBytes } = this.#log
    // The log file is shorter than before if the files were opened again.
    this.#bytes = Math.min(this.#bytes, logBytes)
    // The log file grows only after SQLite has overwritten its whole former length.
    if (logBytes > MOST_LOG_BYTES && logBytes > this.#bytes) this.#checkpoint()
    else if (this.#commands >= WORTH_COMMANDS) {
      this.#timer = setTimeout(() => {
        this.#checkpoint()
      }, QUIET_MS)
    }
  }

  #checkpoint(): void {
    this.#commands = 0
    this.#log.checkpointLog()
    this.#bytes = this.#log.logBytes
  }
}
