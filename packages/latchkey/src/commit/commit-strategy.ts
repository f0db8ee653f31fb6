// The part of a commit that depends on whether other processes write to the store.
import type { Disk } from '../rows/disk.ts'
import type { StagedBatch, Touched } from './staged-batch.ts'
import type { Choose } from './commit-backlog.ts'
import type { StagedCommit, PendingCommit } from './pending-commit.ts'

export interface CommitStrategy {
  /** How long work waits for a store that does not answer, in milliseconds. 0 refuses the work at once. */
  readonly retryBudget: number
  /** True if the outage has lasted longer than the retry budget. */
  isLongGone(): boolean
  /** Chooses the works of the next batch. */
  readonly choose: Choose
  /**
   * Brings memory up to date for these pending commits before the queue decides on them. Returns undefined if memory is
   * up to date already.
   */
  prepare(works: readonly PendingCommit[]): Promise<void> | undefined
  /**
   * Makes a batch durable, then visible (`StagedBatch.publish`). Returns the works that were not committed and must be
   * judged again. Throws `DiskFailure`.
   */
  commit(batch: StagedBatch, staged: readonly StagedCommit[]): Promise<readonly PendingCommit[]>
  /** Reads the records of a failed batch from the store into memory. */
  reload(touched: Touched): Promise<void>
}

export interface SoleWriterParts extends Pick<CommitStrategy, 'reload'> {
  readonly disk: Disk
  /** Receives the duration of each commit, also of a failed one, and its number of commands. */
  readonly timed?: ((milliseconds: number, commands: number) => void) | undefined
}

const NONE: readonly PendingCommit[] = []

/** For a store with a single writer. */
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
