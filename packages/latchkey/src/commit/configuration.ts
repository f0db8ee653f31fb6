// Puts a change of configuration into the commit queue.
import type { Result } from '@latchkey/protocol'
import type { CommitQueue } from './commit-queue.ts'
import type { StagedBatch } from './staged-batch.ts'

/**
 * Runs `change` just before the next batch is committed. Resolves with the result of `change` when the batch is
 * durable. A `change` that refuses must add nothing to the batch.
 */
export const configure = <Value, Refusal>(
  queue: CommitQueue,
  change: (batch: StagedBatch) => Result<Value, Refusal>,
): Promise<Result<Value, Refusal>> =>
  new Promise((resolve, reject) => {
    let outcome: Result<Value, Refusal> | undefined
    queue.enqueue({
      rank: 'configure',
      earlier: 'none',
      stage: (batch) => {
        outcome = change(batch)
      },
      settle: () => {
        if (outcome !== undefined) resolve(outcome)
      },
      fail: reject,
    })
  })
