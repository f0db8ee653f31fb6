// Secrets that the agent reads from files: each in a file of its own that others cannot read.
import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { accept, refuse, type Result, Secret } from '@latchkey/protocol'
import { FolderNotMade, makeFolder } from '../make-folder.ts'

export interface SecretFileProblem {
  readonly problem: string
  readonly cure: string
}

const LONGEST = 4096

/** The content without the end of its line. */
export function readSecretFile(path: string): Result<Secret, SecretFileProblem> {
  try {
    const found = statSync(path)
    // Reading a pipe would block the agent until a writer comes.
    if (!found.isFile()) return refuse({ problem: `names ${path}, which is no regular file`, cure: 'Name a file.' })
    if (process.platform !== 'win32' && (found.mode & 0o007) !== 0) {
      return refuse({ problem: `names ${path}, which everybody can read`, cure: `Run: chmod 600 ${path}` })
    }
    const text = readFileSync(path, 'utf8').trimEnd()
    if (text !== '' && text.length <= LONGEST && /^[\x20-\x7e]*$/.test(text)) return accept(new Secret(text))
    return refuse({
      problem: `names ${path}, which is not one line of text`,
      cure: 'Put the secret there and nothing else.',
    })
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException
    return refuse({ problem: `names ${path}, which cannot be read (${code})`, cure: 'Put the secret into that file.' })
  }
}

/** The agent key in that file; one is made, for its owner alone, when there is none. */
export function readOrMakeAgentKey(path: string): Result<Secret, SecretFileProblem> {
  try {
    makeFolder(dirname(path))
    writeFileSync(path, `lka_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const { code = 'unwritable' } = (cause instanceof FolderNotMade ? cause.cause : cause) as NodeJS.ErrnoException
    if (code !== 'EEXIST')
      return refuse({ problem: `names ${path}, which cannot be made (${code})`, cure: 'Choose another.' })
  }
  const found = statSync(path, { throwIfNoEntry: false })
  if (found !== undefined && process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return refuse({ problem: `names ${path}, which others can read`, cure: `Run: chmod 600 ${path}` })
  }
  // Only root can read a file with mode 0600 of another user.
  if (found !== undefined && process.getuid !== undefined && found.uid !== process.getuid()) {
    return refuse({ problem: `names ${path}, which belongs to another user`, cure: 'Remove it, or choose another.' })
  }
  return readSecretFile(path)
}
