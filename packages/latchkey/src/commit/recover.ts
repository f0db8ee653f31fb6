// Recovers from a failed commit: waits until the disk answers, and reads the affected records from the disk.
import { StoreUnavailable } from '../ports/store.ts'
import { type Disk, DiskFailure } from '../rows/disk.ts'
import type { LiveState } from '../state/live-state.ts'
import type { CommitStrategy } from './commit-strategy.ts'
import type { Touched } from './staged-batch.ts'

/**
 * Resolves when the memory equals the disk again. Until then, reads use the memory, but throw for records whose outcome
 * is unknown. New commits are refused, or wait within their retry budget.
 */
export async function recover(
  touched: Touched,
  { disk, live, reload }: { readonly disk: Disk; readonly live: LiveState } & Pick<CommitStrategy, 'reload'>,
): Promise<void> {
  for (;;) {
    await disk.recover()
    try {
      await reload(touched)
      live.confirmOutcomes()
      return
    } catch (cause) {
      if (!(cause instanceof DiskFailure || cause instanceof StoreUnavailable)) throw cause
    }
  }
}
