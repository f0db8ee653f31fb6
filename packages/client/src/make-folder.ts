// Makes a folder that only its owner can use, and the missing folders above it.
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes the folder with mode 0700 if it is missing. Throws the error of the system if it cannot be made.
 *
 * Does not use `mkdir` with `recursive`: below `/proc`, which answers "no such file" for any new folder, Node retries
 * without end.
 */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path)
  if (await isFolder(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) await makeFolder(parent)
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (cause) {
    // Not an error if another process has made the folder at the same moment.
    if (!(await isFolder(folder))) throw cause
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
