// The machine on which the figures were measured.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { cpus, release, type } from 'node:os'
import { join } from 'node:path'
import { fileSystemOf } from './bench-folder.ts'
import { median } from './statistics.ts'

export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly system: string
  readonly node: string
  readonly sqlite: string
  readonly fileSystem: string
  /** Milliseconds until 4 KiB of appended data are on the disk. */
  readonly syncMilliseconds: number
}

export function describeMachine(folder: string): Machine {
  const all = cpus()
  return {
    cores: all.length,
    cpu: all[0]?.model.trim() ?? 'unknown processor',
    system: `${type()} ${release()}`,
    node: process.versions.node,
    sqlite: process.versions['sqlite'] ?? '',
    fileSystem: fileSystemOf(folder),
    syncMilliseconds: syncTime(folder),
  }
}

const SYNCS = 200

function syncTime(folder: string): number {
  const file = openSync(join(folder, 'sync'), 'w')
  const block = Buffer.alloc(4096, 1)
  const times = Array.from({ length: SYNCS }, () => {
    const began = performance.now()
    writeSync(file, block)
    fdatasyncSync(file)
    return performance.now() - began
  })
  closeSync(file)
  return median(times)
}
