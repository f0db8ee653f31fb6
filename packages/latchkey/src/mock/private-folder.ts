// The data folder of a mock: in memory if the system has a memory file system, and removed at exit.
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FolderNotMade } from '../make-folder.ts'

const SHARED_MEMORY = '/dev/shm'
/** The type number of tmpfs in the result of statfs(2). */
const TMPFS_MAGIC = 0x0102_1994

/** Makes a folder with mode 0700. The process removes it at exit, except after SIGKILL. Throws `FolderNotMade`. */
export function privateFolder(): string {
  // mkdtemp gives the folder mode 0700.
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
    return false // An error means that this system has no memory file system at this path.
  }
}
