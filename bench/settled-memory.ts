// The memory of a process after garbage collection.
import { setTimeout as pause } from 'node:timers/promises'

/** The sizes in bytes: the heap together with its external memory, and the resident memory of the process. */
export interface SettledMemory {
  readonly held: number
  readonly resident: number
}

const COLLECTIONS = 4

/** Measures the memory. Node must run with `--expose-gc`. */
export async function settledMemory(): Promise<SettledMemory> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('Start Node with --expose-gc.')
  for (let i = 0; i < COLLECTIONS; i++) {
    // A collection that finalizes objects does not free them. The next collection frees them.
    await pause(20)
    await gc({ type: 'major', execution: 'async' })
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { held: heapUsed + external, resident: rss }
}
