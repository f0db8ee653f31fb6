// Loads a store as a server does, and measures the memory that it takes.
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
