// The data folder, which only its owner can read.
import { chmodSync, closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
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
    masterKeyFile: join(path, 'master.key'),
    adminKeyFile: join(path, 'admin.key'),
  }
}

/** Creates the file before SQLite would make it readable for everyone. SQLite gives its log the same mode. */
export function makeStoreFile({ storeFile }: Pick<DataFolder, 'storeFile'>): void {
  closeSync(openSync(storeFile, 'a', 0o600))
}

/** Writes and syncs a file that only its owner can read. Replaces an older one. */
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
