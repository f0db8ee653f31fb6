// Reads secrets from files. Each file has one secret.
import { randomBytes } from 'node:crypto'
import { statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { PrivateFileError, readPrivateFile } from '@latchkey/credentials'
import { accept, refuse, type Result, Secret } from '@latchkey/protocol'
import { FolderNotMade, makeFolder } from '../make-folder.ts'

export interface SecretFileProblem {
  readonly problem: string
  readonly cure: string
}

const LONGEST = 4096

/** Returns the content without its line end. The permission rule is that of `readPrivateFile`. */
export function readSecretFile(path: string): Result<Secret, SecretFileProblem> {
  try {
    const text = readPrivateFile(path).toString().trimEnd()
    if (text !== '' && text.length <= LONGEST && /^[\x20-\x7e]*$/.test(text)) return accept(new Secret(text))
    return refuse({
      problem: `names ${path}, which is not one line of text`,
      cure: 'Write the secret into it and nothing else.',
    })
  } catch (cause) {
    return refuse(problemOf(path, cause))
  }
}

/** The problem of a file that `readPrivateFile` refused. Throws any other failure. */
export function problemOf(path: string, failure: unknown): SecretFileProblem {
  if (!(failure instanceof PrivateFileError)) throw failure
  return { problem: `names ${path}, which ${failure.problem}`, cure: failure.cure }
}

/**
 * Returns the agent key in the file. If the file does not exist, creates it with a new key, and only its owner can read
 * it.
 */
export function readOrMakeAgentKey(path: string): Result<Secret, SecretFileProblem> {
  try {
    makeFolder(dirname(path))
    writeFileSync(path, `lka_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const { code = 'unwritable' } = (cause instanceof FolderNotMade ? cause.cause : cause) as NodeJS.ErrnoException
    if (code !== 'EEXIST')
      return refuse({ problem: `names ${path}, which cannot be made (${code})`, cure: 'Choose another file.' })
  }
  const found = statSync(path, { throwIfNoEntry: false })
  if (found !== undefined && process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return refuse({ problem: `names ${path}, which other users can read`, cure: `Run: chmod 600 ${path}` })
  }
  // Only root can read a file with mode 0600 that belongs to another user.
  if (found !== undefined && process.getuid !== undefined && found.uid !== process.getuid()) {
    return refuse({
      problem: `names ${path}, which belongs to another user`,
      cure: 'Remove it, or choose another file.',
    })
  }
  return readSecretFile(path)
}
