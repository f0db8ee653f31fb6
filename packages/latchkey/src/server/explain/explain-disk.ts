// A start that failed on the files of the data folder: says which place it was about and what to do.

/** The error with place and cure for a disk that is full or may not be written; every other one as it is. */
export function explainDisk(cause: unknown, dataDir: string): unknown {
  if (chainOf(cause).some(isFull)) {
    return new Error(
      `The disk is full: the data folder ${dataDir} cannot be written. Make room there, or name a folder on another disk with LATCHKEY_DATA_DIR, and start again.`,
      { cause },
    )
  }
  if (isNotWritable(cause)) {
    return new Error(
      `${cause.path ?? dataDir} cannot be written. Give the user that runs the server the right to, or name another data folder with LATCHKEY_DATA_DIR, and start again.`,
      { cause },
    )
  }
  return cause
}

const chainOf = (cause: unknown): readonly Error[] => (cause instanceof Error ? [cause, ...chainOf(cause.cause)] : [])

// Of the file system by their code, of SQLite by its words.
const isFull = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === 'ENOSPC' || code === 'EDQUOT' || /database or disk is full/i.test(message)

// As they come only: what has been explained already was not about the data folder.
const isNotWritable = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error &&
  (['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '') ||
    /readonly database|unable to open database file/i.test(cause.message))
