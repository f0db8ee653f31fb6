// The test kills the process at every system call of a commit, of a copy into the issuance histories, and of a
// checkpoint. Each time, the next start gets the files once with and once without the writes that were not synced.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { seededChance } from '../../../../e2e/chance.ts'
import { decodeHistory } from '../../src/rows/issuance-history.ts'
import { CopiedSlots } from '../../src/storage/sqlite/copied-slots.ts'
import { walkLog } from '../../src/storage/sqlite/walk-log.ts'
import { aFolder } from '../a-folder.ts'
import { aStoreFile } from '../a-store.ts'
import { actsOf, CachedFiles, FILE_TRACE } from '../file-trace.ts'

const PROGRAM = join(import.meta.dirname, '../checkpointing-program.ts')

/**
 * Returns the generations of the tokens that are live after the next start with these files, and their issuance
 * histories.
 */
function foundIn(files: ReadonlyMap<string, Buffer>): readonly number[] {
  const folder = aFolder()
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes, { mode: 0o600 })
  const file = join(folder, 'latchkey.db')
  expect(walkLog(file)).not.toMatchObject({ kind: 'damaged' })
  const database = new DatabaseSync(file)
  database.exec('PRAGMA synchronous = OFF')
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  const rows = [...new CopiedSlots(database).rows()].filter(({ id }) => id === 1 || id === 24)
  database.close()
  return rows.map((row) => {
    const generation = Number(row['live_generation'])
    const entries = decodeHistory(row['history']).map((entry) => entry.generation)
    expect(entries).toEqual(Array.from({ length: Math.min(generation, 16) }, (_, index) => generation - index))
    return generation
  })
}

test.skipIf(!has('strace'))(
  'after a kill at any system call, the live token of each scope is the last acknowledged token or the next one',
  () => {
    const chance = seededChance()
    const file = aStoreFile()
    expect(spawnSync(process.execPath, [PROGRAM, file, 'prepare']).status).toBe(0)
    const folder = dirname(file)
    const before = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))
    const output = join(aFolder(), 'trace')
    spawnSync('strace', ['-f', '-o', output, ...FILE_TRACE, process.execPath, PROGRAM, file])
    const acts = [...actsOf(readFileSync(output, 'latin1'))]
    const checkpoints = acts.filter((act) => act.kind === 'said' && act.text === 'checkpointed\n')
    expect(checkpoints).toHaveLength(3)

    const disk = new CachedFiles(before)
    let acknowledged = 0
    for (const act of acts) {
      disk.act(act)
      if (act.kind === 'said') acknowledged = Number(/^acknowledged (\d+)/.exec(act.text)?.[1] ?? acknowledged)
      for (const kept of [() => true, () => false, () => chance() < 0.5, () => chance() < 0.9]) {
        const found = foundIn(disk.left(kept))
        expect(found[0]).toBe(found[1])
        expect([acknowledged, acknowledged + 1]).toContain(found[0])
      }
    }
    expect(acknowledged).toBe(12)
  },
)
