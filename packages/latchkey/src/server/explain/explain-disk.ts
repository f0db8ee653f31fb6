// Explains a start that failed on the files of the data folder: the path and what to do.

/** Returns an error with path and cure for a full or read-only disk. Returns every other error unchanged. */
export function explainDisk(cause: unknown, dataDir: string): unknown {
  if (chainOf(cause).some(isFull)) {
    return new Error(
      `The disk is full: the server cannot write to the data folder ${dataDir}. Free space, or set LATCHKEY_DATA_DIR to a folder on another disk, and start again.`,
      { cause },
    )
  }
  if (isNotWritable(cause)) {
    return new Error(
      `The server cannot write to ${cause.path ?? dataDir}. Let the user that runs the server write there, or set LATCHKEY_DATA_DIR to another folder, and start again.`,
      { cause },
    )
  }
  return cause
}

const chainOf = (cause: unknown): readonly Error[] => (cause instanceof Error ? [cause, ...chainOf(cause.cause)] : [])

// Errors of the file system have a code. Errors of SQLite are recognized by their message.
const isFull = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === 'ENOSPC' || code === 'EDQUOT' || /database or disk is full/i.test(message)

// Checks only the error itself and not its causes. An error that wraps another error has its own explanation.
const isNotWritable = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error &&
  (['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '') ||
    /readonly database|unable to open database file/i.test(cause.message))
