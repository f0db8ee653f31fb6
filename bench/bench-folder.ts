// The folder of a run. It is on a real disk, and is removed at the end.
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// The values of f_type in statfs(2).
const FILE_SYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x794c7630, 'overlayfs'],
  [0x01021994, 'tmpfs'],
  [0x1a, 'apfs'],
])

export function fileSystemOf(path: string): string {
  const { type } = statfsSync(path)
  return FILE_SYSTEMS.get(type) ?? `file system 0x${type.toString(16)}`
}

/**
 * Makes the folder in the system's folder for temporary files. If the system's folder is in memory, uses the checkout,
 * because a sync must reach a disk.
 */
export function makeBenchFolder(): string {
  const cache = join(import.meta.dirname, '../node_modules/.cache/latchkey')
  mkdirSync(cache, { recursive: true })
  return mkdtempSync(join(fileSystemOf(tmpdir()) === 'tmpfs' ? cache : tmpdir(), 'latchkey-bench-'))
}

export function removeBenchFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
