// Decides when to move the write-ahead log into the database file: after the answers were posted, never inside a commit.

/** A log of this many bytes is checkpointed even while requests wait. */
const MOST_LOG_BYTES = 16 * 1024 * 1024
/** How many commands are worth a checkpoint. A command usually changes one page. */
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

  /** Call it when an order has arrived, so that the order does not wait for a checkpoint. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  /** Call it after the answer to a commit was posted. `commands`: how many commands the commit had. */
  answered(commands: number): void {
    this.#commands += commands
    const { logBytes } = this.#log
    // The log is shorter if the files were opened again.
    this.#bytes = Math.min(this.#bytes, logBytes)
    // The log file grows only after SQLite has filled its former length.
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
