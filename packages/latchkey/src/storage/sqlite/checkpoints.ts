// Decides when to copy the write-ahead log into the database file. A checkpoint runs after answers were posted, never
// inside a commit.

/** A log of this many bytes is checkpointed even while requests wait. */
const MOST_LOG_BYTES = 16 * 1024 * 1024
/** The number of commands after which a checkpoint is worth its cost. A command usually changes one page. */
const WORTH_COMMANDS = 1000
/** A checkpoint waits until no order has arrived for this long. */
const QUIET_MS = 2

interface Log {
  /** The length of the log's file after the last commit. */
  readonly logBytes: number
  /** Moves the log into the database file. The log file keeps its length, and SQLite writes it again from its start. */
  checkpointLog(): void
}

export class Checkpoints {
  readonly #log: Log
  #commands = 0
  /** The length of the log file after the last checkpoint. */
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** Call it when an order has arrived, so that no checkpoint delays the order. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  /** Call it after the answer to a commit was posted. `commands` is the number of commands in the commit. */
  answered(commands: number): void {
    this.#commands += commands
    const { logBytes } = this.#log
    // The log file became shorter because the files were opened again.
    this.#bytes = Math.min(this.#bytes, logBytes)
    // SQLite fills the former length of the log file before the file grows.
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
