// The part of a commit that depends on whether other processes write to the store.
import type { Disk } from '../rows/disk.ts'
import type { StagedBatch, Touched } from './staged-batch.ts'
import type { Choose } from './commit-backlog.ts'
import type { StagedCommit, PendingCommit } from './pending-commit.ts'

export interface CommitStrategy {
  /**
   * The retry budget: how long a commit waits for a store that does not answer, in milliseconds. With 0 the commit is
   * refused at once.
   */
  readonly retryBudget: number
  /** True if the outage has lasted longer than the retry budget. */
  isLongGone(): boolean
  /** Chooses the commits of the next batch. */
  readonly choose: Choose
  /**
   * Brings memory up to date for these pending commits before the queue decides on them. Returns undefined if memory is
   * up to date already.
   */
  prepare(works: readonly PendingCommit[]): Promise<void> | undefined
  /**
   * Makes a batch durable, then visible (`StagedBatch.publish`). Returns the commits that were not carried out and must
   * be decided again. Throws `DiskFailure`.
   */
  commit(batch: StagedBatch, staged: readonly StagedCommit[]): Promise<readonly PendingCommit[]>
  /** Reads the records of a failed batch from the store into memory. */
  reload(touched: Touched): Promise<void>
}

export interface SoleWriterParts extends Pick<CommitStrategy, 'reload'> {
  readonly disk: Disk
  /** Called with the duration of each commit, even of a failed one, and with its number of commands. */
  readonly timed?: ((milliseconds: number, commands: number) => void) | undefined
}

const NONE: readonly PendingCommit[] = []

/** The strategy of a store with a single writer. */
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
