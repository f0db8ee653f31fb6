// Runs the rounds of the compared servers in turn, so that other load on the machine affects all of them equally.
import type { Round } from './load/job.ts'
import { type Row, rowOf, type Work } from './row.ts'

export interface Rival {
  readonly work: Work
  readonly round: () => Promise<Round>
}

/** Returns one row for each rival, in the order of `rivals`. */
export async function alternate(rivals: readonly Rival[], rounds: number): Promise<readonly Row[]> {
  const measured = rivals.map((): Round[] => [])
  for (let i = 0; i < rounds; i++) {
    for (const [index, { round }] of rivals.entries()) measured[index]?.push(await round())
  }
  return rivals.map(({ work }, index) => rowOf(work, measured[index] ?? []))
}
