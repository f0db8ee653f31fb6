// When the write-ahead log is moved into the database file: after answers have left, never inside a commit.

/** The pages of this many bytes are checkpointed even while requests wait. */
const MOST_LOG_BYTES = 16 * 1024 * 1024
/** As many commands as are worth a checkpoint. A command changes a page, most often. */
const WORTH_COMMANDS = 1000
/** So long no order must have come. */
const QUIET_MS = 2

interface Log {
  /** The length of the log's file after the last commit. */
  readonly logBytes: number
  /** Moves the log into the database file. The file of the log keeps its length, and is written again from its start. */
  checkpointLog(): void
}

export class Checkpoints {
  readonly #log: Log
  #commands = 0
  /** How long the log's file was after the last checkpoint. */
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** Call it when an order has come: it is not to wait for a checkpoint. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  /** Call it after the answer to a commit with this many commands was posted. */
  answered(commands: number): void {
    this.#commands += commands
    const { logBytes } = this.#log
    // Shorter if the files were opened again.
    this.#bytes = Math.min(this.#bytes, logBytes)
    // The log grows beyond its former length only once it has been filled up to that.
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
