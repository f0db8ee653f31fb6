// The memory of a process after garbage collection.
import { setTimeout as pause } from 'node:timers/promises'

/** Bytes: the heap with its external memory, and the resident memory of the process. */
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
    // The next collection frees the objects that one collection finalised.
    await pause(20)
    await gc({ type: 'major', execution: 'async' })
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { held: heapUsed + external, resident: rss }
}
