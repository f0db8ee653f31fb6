// Reads files that hold a secret. The permission rule for all of them is here.
import type { Stats } from 'node:fs'

/** A key of 4,096 bits has 3,272 bytes in PEM. */
const MAX_FILE_BYTES = 16_384

/**
 * Thrown if the file of a secret cannot be read, is open to every user, or is not a regular file of at most 16,384
 * bytes. The message contains the path, the problem and the cure, and no part of the content.
 *
 * @example
 * ```ts
 * import { PrivateFileError, readPrivateFile } from '@latchkey/credentials'
 *
 * try {
 *   readPrivateFile('/nowhere')
 * } catch (error) {
 *   console.log(error instanceof PrivateFileError && error.problem) // cannot be read (ENOENT)
 * }
 * ```
 */
export class PrivateFileError extends Error {
  /** What is wrong with the file: the rest of a sentence that begins with the path. */
  readonly problem: string
  /** A sentence that says what to do. */
  readonly cure: string

  /** @internal */
  constructor(path: string, { problem, cure }: Pick<PrivateFileError, 'problem' | 'cure'>, options?: ErrorOptions) {
    super(`${path} ${problem}. ${cure}`, options)
    this.name = 'PrivateFileError'
    this.problem = problem
    this.cure = cure
  }
}

/**
 * Reads a file that holds a secret. The owner and the group of the file may have rights to it, because Kubernetes gives
 * mounted secrets to the group `fsGroup`. Every other user must have none. The mode is not checked on Windows, where it
 * says nothing.
 *
 * @throws {@link PrivateFileError} if the path names no regular file of at most 16,384 bytes, if every user has rights
 * to the file, or if it cannot be read.
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs'
 * import { readPrivateFile } from '@latchkey/credentials'
 *
 * const path = `${mkdtempSync('/tmp/example-')}/secret`
 * writeFileSync(path, 'a secret', { mode: 0o640 })
 * console.log(readPrivateFile(path).toString()) // a secret
 * ```
 */
export function readPrivateFile(path: string): Buffer {
  // Loaded when a file is read, because some runtimes have no files.
  const { readFileSync, statSync } = process.getBuiltinModule('node:fs')
  let found: Stats
  try {
    found = statSync(path)
    // Reading a pipe would block the process until another program writes to it.
    if (found.isFile() && found.size <= MAX_FILE_BYTES && !isOpenToAll(found)) return readFileSync(path)
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException
    const problem = `cannot be read (${code})`
    const cure = 'Correct the path, or let the account of this program read the file.'
    throw new PrivateFileError(path, { problem, cure }, { cause })
  }
  if (!found.isFile()) throw new PrivateFileError(path, { problem: 'is not a regular file', cure: 'Name a file.' })
  if (isOpenToAll(found)) {
    throw new PrivateFileError(path, { problem: 'is open to every user', cure: `Run: chmod 600 ${path}` })
  }
  const problem = `has more than ${String(MAX_FILE_BYTES)} bytes`
  throw new PrivateFileError(path, { problem, cure: 'Name a file that contains the secret and nothing else.' })
}

const isOpenToAll = ({ mode }: Stats): boolean => process.platform !== 'win32' && (mode & 0o007) !== 0
