// Section: the memory that one integration takes.
import { join } from 'node:path'
import { filledStore } from '../fill.ts'
import { startJobProcess } from '../jobs.ts'
import type { StoreMemoryJob } from '../programs/store-memory.ts'
import type { SettledMemory } from '../settled-memory.ts'
import type { SectionContext, SectionResult } from './section.ts'

export async function measureMemory(context: SectionContext): Promise<SectionResult> {
  const { small, large } = context.effort.growth
  const [few, many] = [await memoryOf(context, small), await memoryOf(context, large)]
  const each = (figure: keyof SettledMemory): number => (many[figure] - few[figure]) / (large - small)
  return {
    title: 'Memory',
    note: `The difference between a process with ${String(large)} integrations loaded and one with ${String(small)}, each with one secret and a live token in both slots.`,
    contests: [],
    figures: [
      { name: 'heap and external memory', value: each('held'), unit: 'bytes/integration' },
      { name: 'resident, SQLite and its cache included', value: each('resident'), unit: 'bytes/integration' },
    ],
  }
}

async function memoryOf({ folder, progress }: SectionContext, count: number): Promise<SettledMemory> {
  progress(`memory: loading ${String(count)} integrations`)
  const desired = { count, signingAlg: 'ES256', slots: 'live' } as const
  const { dataDir } = await filledStore(folder, `live-${String(count)}`, desired)
  const words = ['--expose-gc', join(import.meta.dirname, '../programs/store-memory.ts')]
  const child = startJobProcess<StoreMemoryJob, SettledMemory>({ placement: 'all cores', seat: 'server', words })
  const memory = await child.ask({ dataDir, signingAlg: 'ES256' })
  await child.stop()
  return memory
}
