// Kills a starting server again and again, each time at a later point of the start, and checks the store after the next
// start.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { schemaStatus } from '../../packages/latchkey/src/storage/postgres/migrate.ts'
import type { StartOutcome } from './killed-server.ts'

export interface KilledStart {
  readonly outcome: StartOutcome
  /** How many schema steps the store had after the kill. */
  readonly steps: number
  /** Starts the server again. Throws unless the store is complete. */
  readonly goOn: () => Promise<void>
}

/**
 * Starts and kills the server until it becomes ready before the kill. Returns the distinct numbers of schema steps
 * found after the kills.
 */
export async function killEveryStart(start: (nth: number) => Promise<KilledStart>): Promise<readonly number[]> {
  const found = new Set<number>()
  for (let nth = 1; ; nth++) {
    const { outcome, steps, goOn } = await start(nth)
    found.add(steps)
    await goOn()
    if (outcome === 'ready') return [...found]
  }
}

/** Returns the number of schema steps in a data folder. Reads a copy, so that the files stay as the kill left them. */
export function stepsInFolder(dataDir: string): number {
  const copy = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  cpSync(dataDir, copy, { recursive: true })
  const database = new DatabaseSync(join(copy, 'latchkey.db'))
  const steps = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  database.close()
  rmSync(copy, { recursive: true, force: true })
  return steps
}

export const stepsInDatabase = async (url: string): Promise<number> => (await schemaStatus(url)).applied.length

/**
 * The expected numbers of steps after the kills: each number above `from`, or only `from` if there is no step to take.
 */
export const afterEachStep = (from: number, to: number): readonly number[] =>
  from === to ? [to] : Array.from({ length: to - from }, (_, index) => from + 1 + index)
