// Opens the data folder of a server and its private files.
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../make-folder.ts'

export interface DataFolder {
  readonly storeFile: string
  readonly masterKeyFile: string
  readonly adminKeyFile: string
}

/** Creates the folder with mode 0700 if it is missing. Throws `FolderNotMade`. */
export function openDataFolder(path: string): DataFolder {
  makeFolder(path)
  return {
    storeFile: join(path, 'latchkey.db'),
    masterKeyFile: masterKeyFileIn(path),
    adminKeyFile: join(path, 'admin.key'),
  }
}

/**
 * Permission bits. A bit of `OPEN` lets the group or other users enter a folder. `WRITABLE_FOR_OTHERS` lets other users
 * write to the folder.
 */
const OPEN = 0o077
const WRITABLE_FOR_OTHERS = 0o002

/**
 * Returns the path of the master key of this data folder, or the path for a new key. A mounted data folder is often
 * open to other users, and the server does not change its mode. The path for a new key is then in a private subfolder.
 * If other users can write to the data folder, a private subfolder gives no protection, because these users could
 * replace the subfolder.
 */
export function masterKeyFileIn(folder: string): string {
  const direct = join(folder, 'master.key')
  const apart = join(folder, 'private', 'master.key')
  if (existsSync(direct)) return direct
  if (existsSync(apart)) return apart
  const mode = process.platform === 'win32' ? 0 : (statSync(folder, { throwIfNoEntry: false })?.mode ?? 0)
  return (mode & OPEN) !== 0 && (mode & WRITABLE_FOR_OTHERS) === 0 ? apart : direct
}

/**
 * Creates the database file before SQLite does, because SQLite would make it readable for all users. SQLite gives its
 * log file the same mode.
 */
export function makeStoreFile({ storeFile }: Pick<DataFolder, 'storeFile'>): void {
  closeSync(openSync(storeFile, 'a', 0o600))
}

/** Writes and syncs a file that only its owner can read. Replaces an existing file. */
export function writePrivateFile(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600)
  try {
    chmodSync(path, 0o600)
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
