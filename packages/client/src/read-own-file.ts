// Reads a file that this user wrote. Follows no symbolic link and waits for no pipe.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

// On Windows `O_NOFOLLOW` and `O_NONBLOCK` are undefined, which counts as 0.
const HOW = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The codes of `open` for a symbolic link (EMLINK on FreeBSD) and for a socket. */
const OTHER_KINDS = ['ELOOP', 'EMLINK', 'ENXIO']

/**
 * Returns the text of a regular file that belongs to this user and has at most `mostBytes`. Returns undefined for
 * anything else: a symbolic link, a pipe, a device, a folder, a file of another user. Throws the error of the system,
 * such as ENOENT, if the path cannot be opened.
 */
export async function readOwnFile(path: string, mostBytes: number): Promise<string | undefined> {
  const file = await open(path, HOW).catch((cause: unknown) => {
    if (OTHER_KINDS.includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined
    throw cause
  })
  if (file === undefined) return undefined
  try {
    const found = await file.stat()
    const isOwn = found.isFile() && found.size <= mostBytes && isOfThisUser(found.uid)
    return isOwn ? await file.readFile('utf8') : undefined
  } finally {
    await file.close()
  }
}

/** Always true on Windows, which has no user IDs: there a file is private by its location. */
export const isOfThisUser = (uid: number): boolean => process.getuid === undefined || uid === process.getuid()
