// The steps of a commit that differ between a store with a single writer and a store with several writers.
import type { Disk } from '../rows/disk.ts'
import type { StagedBatch, Touched } from './staged-batch.ts'
import type { Choose } from './commit-backlog.ts'
import type { StagedCommit, PendingCommit } from './pending-commit.ts'

export interface CommitStrategy {
  /**
   * The retry budget: the number of milliseconds for which a commit waits for a store that does not answer. 0 means
   * that the queue refuses the commit at once.
   */
  readonly retryBudget: number
  /** True if the outage has lasted longer than the retry budget. */
  isLongGone(): boolean
  /** Chooses the commits of the next batch. */
  readonly choose: Choose
  /**
   * Brings the memory up to date for these pending commits, before the queue decides about them. Returns undefined if
   * the memory is already up to date.
   */
  prepare(works: readonly PendingCommit[]): Promise<void> | undefined
  /**
   * Makes a batch durable, then makes it visible (`StagedBatch.publish`). Returns the commits that were not carried out
   * because of a conflict, and that the queue must decide again. Throws `DiskFailure`.
   */
  commit(batch: StagedBatch, staged: readonly StagedCommit[]): Promise<readonly PendingCommit[]>
  /** After a failed batch, reads the changed records from the store into memory again. */
  reload(touched: Touched): Promise<void>
}

export interface SoleWriterParts extends Pick<CommitStrategy, 'reload'> {
  readonly disk: Disk
  /** Called after each commit, even a failed commit, with its duration and its number of commands. */
  readonly timed?: ((milliseconds: number, commands: number) => void) | undefined
}

const NONE: readonly PendingCommit[] = []

/** Makes the strategy for a store with a single writer. */
export const soleWriter = ({ disk, reload, timed }: SoleWriterParts): CommitStrategy => ({
  retryBudget: 0,
  isLongGone: () => false,
  choose: (waiting) => ({ now: waiting, later: NONE }),
  prepare: () => undefined,
  commit: async (batch) => {
    const writes = batch.durableWrites()
    if (writes.length > 0) {
      const begunAt = performance.now()
      const committed = disk.commit(writes)
      await (timed === undefined
        ? committed
        : committed.finally(() => {
            timed(performance.now() - begunAt, writes.length)
          }))
    }
    batch.publish()
    return NONE
  },
  reload,
})
