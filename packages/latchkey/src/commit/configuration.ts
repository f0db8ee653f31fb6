// A change of configuration as work for the commit queue.
import type { Result } from '@latchkey/protocol'
import type { CommitQueue } from './commit-queue.ts'
import type { StagedBatch } from './staged-batch.ts'

/**
 * Runs `change` on the state that the batch has when it closes, and resolves with its outcome once that is durable.
 * A refused change must have staged nothing.
 */
export const configure = <Value, Refusal>(
  queue: CommitQueue,
  change: (batch: StagedBatch) => Result<Value, Refusal>,
): Promise<Result<Value, Refusal>> =>
  new Promise((resolve, reject) => {
    let outcome: Result<Value, Refusal> | undefined
    queue.push({
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
