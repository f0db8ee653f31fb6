// Puts work into a batch, in the order in which one of a kind can meet one of another.
import type { StagedBatch } from './staged-batch.ts'
import type { StagedWork, Work } from './work.ts'

const RANKS = ['configure', 'revoke', 'issue'] as const

/** Judged, each with the slots that it changes. What cannot be judged is told so with `refuse`, and is not among them. */
export function stage(
  works: readonly Work[],
  batch: StagedBatch,
  refuse: (work: Work, cause: Error) => void,
): readonly StagedWork[] {
  const staged: StagedWork[] = []
  for (const work of RANKS.flatMap((rank) => works.filter((other) => other.rank === rank))) {
    const mark = work.rank === 'configure' ? batch.mark() : undefined
    try {
      const slots = batch.slotsPutInBy(() => {
        work.stage(batch)
      })
      staged.push({ work, slots })
    } catch (cause) {
      // A change of configuration that throws, by a fault of ours or since its actor may not act any more, fails alone and
      // leaves nothing of itself.
      if (mark === undefined) throw cause
      batch.rollBack(mark)
      refuse(work, cause as Error)
    }
  }
  return staged
}
