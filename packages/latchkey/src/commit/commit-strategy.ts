// What the commit queue leaves open: who else writes to the store, and what follows from that.
import type { Disk } from '../rows/disk.ts'
import type { StagedBatch, Touched } from './staged-batch.ts'
import type { Choose } from './waiting-work.ts'
import type { StagedWork, Work } from './work.ts'

export interface CommitStrategy {
  /** Milliseconds for which work waits for a store that has stopped answering. 0: it is refused at once. */
  readonly retryBudget: number
  /** Has the store been away for so long that its return is not waited for? */
  isLongGone(): boolean
  /** Which of the waiting works make the next batch. */
  readonly choose: Choose
  /** Brings memory up to date for these works, before they are judged. Undefined where nothing is to be done. */
  prepare(works: readonly Work[]): Promise<void> | undefined
  /**
   * Makes a batch durable, and then visible (`StagedBatch.publish`), in this order. Returns the works that must be judged again, since
   * nothing of them is in what is durable. Throws `DiskFailure`.
   */
  commit(batch: StagedBatch, staged: readonly StagedWork[]): Promise<readonly Work[]>
  /** After a failure: puts in memory what is in the store now. */
  reload(touched: Touched): Promise<void>
}

export interface SoleWriterParts extends Pick<CommitStrategy, 'reload'> {
  readonly disk: Disk
  /** Told how many milliseconds each commit took, also one that failed, and of how many commands it was. */
  readonly timed?: ((milliseconds: number, commands: number) => void) | undefined
}

const NONE: readonly Work[] = []

/** For a store that this process alone writes to. */
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
