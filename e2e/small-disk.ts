// A separate disk for a data folder, small enough to be filled.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { aTemporaryFolder } from './real-server.ts'

export interface SmallDisk {
  /** An empty folder on the disk, which only its owner can open. */
  readonly dataDir: string
  /** Fills every free block of the disk. */
  fill(): void
  /** Frees the blocks that `fill` filled: all of them, or the given number of kilobytes. */
  free(kilobytes?: number): void
}

/** Mounts a tmpfs for the running test, and unmounts it afterwards. */
export function aSmallDisk(kilobytes: number): SmallDisk {
  const mountPoint = aTemporaryFolder()
  run('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=700`, 'tmpfs', mountPoint)
  onTestFinished(() => {
    run('umount', mountPoint)
  })
  const dataDir = join(mountPoint, 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  const filler = join(mountPoint, 'filler')
  return {
    dataDir,
    fill: () => {
      writeUntilFull(filler)
    },
    free: (kilobytes) => {
      if (kilobytes === undefined) rmSync(filler, { force: true })
      else truncateSync(filler, statSync(filler).size - kilobytes * 1024)
    },
  }
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a')
  const block = Buffer.alloc(4096)
  try {
    for (;;) writeSync(file, block)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause
  } finally {
    closeSync(file)
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`)
}
