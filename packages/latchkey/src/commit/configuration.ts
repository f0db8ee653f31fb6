// Puts a change of configuration into the commit queue.
import type { Result } from '@latchkey/protocol'
import type { CommitQueue } from './commit-queue.ts'
import type { StagedBatch } from './staged-batch.ts'

/**
 * Runs `change` on the state of the batch when it closes. Resolves with the result of `change` once it is durable. If
 * `change` refuses, it must not have staged anything.
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
