// What a process holds once everything that can go has gone.
import { setTimeout as pause } from 'node:timers/promises'

/** Bytes: the heap and what belongs to its objects outside of it, and all that the system has given to the process. */
export interface SettledMemory {
  readonly held: number
  readonly resident: number
}

const COLLECTIONS = 4

/** Needs `--expose-gc`. */
export async function settledMemory(): Promise<SettledMemory> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('start this with --expose-gc')
  for (let i = 0; i < COLLECTIONS; i++) {
    // What was finalised by one collection is freed by the next.
    await pause(20)
    await gc({ type: 'major', execution: 'async' })
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { held: heapUsed + external, resident: rss }
}
