// Makes stores for the sections. The filling process ends before the measurement.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startJobProcess } from './jobs.ts'
import type { FillJob } from './programs/fill-store.ts'

export interface FilledStore {
  readonly dataDir: string
  readonly clientsFile: string
  /** The keys of the assertions. The file exists if the clients have credentials besides their secret. */
  readonly keysFile: string
}

export type FillOptions = Pick<FillJob, 'count' | 'signingAlg' | 'slots' | 'database' | 'credentials'>

/**
 * Returns the store of this name in the folder of the run, and makes it at the first call. A later section gets the
 * store as the earlier section left it.
 */
export async function filledStore(folder: string, name: string, desired: FillOptions): Promise<FilledStore> {
  const filled = {
    dataDir: join(folder, name),
    clientsFile: join(folder, `${name}.clients`),
    keysFile: join(folder, `${name}.keys`),
  }
  if (existsSync(filled.dataDir)) return filled
  const words = [join(import.meta.dirname, 'programs/fill-store.ts')]
  const child = startJobProcess<FillJob, undefined>({ placement: 'all cores', seat: 'server', words })
  await child.ask({ ...filled, ...desired })
  await child.stop()
  return filled
}
