// Makes a folder that only its owner can read, with the folders above it that are missing.
import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Thrown if the folder cannot be made. The message says what to do, in one sentence. */
export class FolderNotMade extends Error {
  /** @param folder the requested folder. `failed` is the folder of its path that could not be made. */
  constructor(folder: string, failed: string, cause: unknown) {
    const { code = 'unknown cause' } = cause as NodeJS.ErrnoException
    const message = `Cannot make the folder ${folder} in ${dirname(failed)} (${code}): choose a folder that this user can write to.`
    super(message, { cause })
    this.name = 'FolderNotMade'
  }
}

/**
 * Makes the folder with mode 0700. Returns the topmost folder that it made, or undefined if the folder existed. Throws
 * `FolderNotMade`.
 *
 * Does not use `mkdir` with `recursive`: below `/proc`, where the system answers "no such file" for any new folder,
 * Node would retry without end, and the blocked main thread would handle no signal.
 */
export function makeFolder(path: string): string | undefined {
  const folder = resolve(path)
  const missing = missingFolders(folder)
  for (const each of missing) {
    try {
      mkdirSync(each, { mode: 0o700 })
    } catch (cause) {
      // Another process has made the folder in the same moment.
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST' && isFolder(each)) continue
      throw new FolderNotMade(folder, each, cause)
    }
  }
  return missing[0]
}

/** Returns the missing folders, from the topmost to `folder`. Any file in the place of a folder counts as present. */
function missingFolders(folder: string): readonly string[] {
  if (isFolder(folder)) return []
  const parent = dirname(folder)
  return isThere(parent) ? [folder] : [...missingFolders(parent), folder]
}

const isThere = (path: string): boolean =>
  path === dirname(path) || statSync(path, { throwIfNoEntry: false }) !== undefined

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
