// The folder of a mock: in memory where the system has such a place, and gone with the process.
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FolderNotMade } from '../make-folder.ts'

const SHARED_MEMORY = '/dev/shm'
/** statfs(2): the type of a file system that is memory. */
const TMPFS_MAGIC = 0x0102_1994

/** Mode 0700. Removed when the process exits, whatever ends it but SIGKILL. Throws `FolderNotMade`. */
export function privateFolder(): string {
  // mkdtemp makes it for its owner alone.
  const folder = newFolder(join(isMemory(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'latchkey-mock-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

function newFolder(prefix: string): string {
  try {
    return mkdtempSync(prefix)
  } catch (cause) {
    throw new FolderNotMade(prefix, prefix, cause)
  }
}

function isMemory(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return statfsSync(path).type === TMPFS_MAGIC
  } catch {
    return false // no such place on this system
  }
}
