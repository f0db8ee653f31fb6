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
  for (const rank of RANKS) {
    for (const work of works) {
      if (work.rank !== rank) continue
      batch.touched = new Set()
      if (isStaged(work, batch, refuse)) staged.push({ work, slots: batch.touched })
    }
  }
  return staged
}

/** A change of configuration that throws, by a fault of ours or since its actor may not act any more, fails alone and leaves nothing of itself. */
function isStaged(work: Work, batch: StagedBatch, refuse: (work: Work, cause: Error) => void): boolean {
  const mark = work.rank === 'configure' ? batch.mark() : undefined
  try {
    work.stage(batch)
    return true
  } catch (cause) {
    if (mark === undefined) throw cause
    batch.rollBack(mark)
    refuse(work, cause as Error)
    return false
  }
}
