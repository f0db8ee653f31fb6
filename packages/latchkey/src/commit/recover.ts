// After a failed commit: waits until the disk answers again, and puts in memory what is on it.
import { StoreUnavailable } from '../ports/store.ts'
import { type Disk, DiskFailure } from '../rows/disk.ts'
import type { LiveState } from '../state/live-state.ts'
import type { CommitStrategy } from './commit-strategy.ts'
import type { Touched } from './staged-batch.ts'

/** Meanwhile reads go on from memory, except for what is in doubt. New work is refused, or held within its retry budget. */
export async function recover(
  touched: Touched,
  { disk, live, reload }: { readonly disk: Disk; readonly live: LiveState } & Pick<CommitStrategy, 'reload'>,
): Promise<void> {
  for (;;) {
    await disk.recover()
    try {
      await reload(touched)
      live.clearDoubt()
      return
    } catch (cause) {
      if (!(cause instanceof DiskFailure || cause instanceof StoreUnavailable)) throw cause
    }
  }
}
