// Loads a store like a server, and measures the memory.
import { openStore } from '../open-store.ts'
import { answerJobs } from '../jobs.ts'
import { settledMemory, type SettledMemory } from '../settled-memory.ts'

export interface StoreMemoryJob {
  readonly dataDir: string
  readonly signingAlg: string
}

answerJobs<StoreMemoryJob, SettledMemory>(async ({ dataDir, signingAlg }) => {
  const { store } = await openStore({ dataDir, signingAlg })
  const memory = await settledMemory()
  await store.close()
  return memory
})
