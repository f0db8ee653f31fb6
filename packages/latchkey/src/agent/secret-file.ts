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

/**
 * Returns the secret in the file, without the line end. Refuses a file whose permissions `readPrivateFile` refuses, and
 * a file with more than one line.
 */
export function readSecretFile(path: string): Result<Secret, SecretFileProblem> {
  try {
    const text = readPrivateFile(path).toString().trimEnd()
    if (text !== '' && text.length <= LONGEST && /^[\x20-\x7e]*$/.test(text)) return accept(new Secret(text))
    return refuse({
      problem: `names ${path}, which does not contain exactly one line of text`,
      cure: 'Write only the secret into the file.',
    })
  } catch (cause) {
    return refuse(problemOf(path, cause))
  }
}

/** Returns the problem of a file that `readPrivateFile` refused. Throws the failure if it is of another kind. */
export function problemOf(path: string, failure: unknown): SecretFileProblem {
  if (!(failure instanceof PrivateFileError)) throw failure
  return { problem: `names ${path}, which ${failure.problem}`, cure: failure.cure }
}

/**
 * Returns the agent key in the file. If the file does not exist, generates a key and creates the file so that only its
 * owner can read it.
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
  // Root can read a file of another user whatever its mode is, so the check of the mode is not enough.
  if (found !== undefined && process.getuid !== undefined && found.uid !== process.getuid()) {
    return refuse({
      problem: `names ${path}, which belongs to another user`,
      cure: 'Remove it, or choose another file.',
    })
  }
  return readSecretFile(path)
}
