// A pending commit: one change in the commit queue.
import type { EarlierAttempt } from '../domain/earlier-attempt.ts'
import type { ChangedBy, StagedBatch } from './staged-batch.ts'

/** The ranks, in the order in which a batch stages them. */
export const RANKS = ['configure', 'revoke', 'issue'] as const

/** A change to commit. The queue calls its methods, each within one turn of the event loop. */
export interface PendingCommit {
  /**
   * The rank, which decides the order within a batch: changes of configuration, then revocations, then issuances. Any
   * order would be correct, because all commits of a batch are concurrent. In this order, no batch issues a token and
   * ends the same token.
   */
  readonly rank: (typeof RANKS)[number]
  /**
   * The result of earlier attempts. The changes that `stage` makes must be correct for every possible outcome of these
   * attempts.
   */
  earlier: EarlierAttempt
  /**
   * Called just before the batch is committed. Decides with the state of the batch, and adds the writes to the batch.
   */
  stage(batch: StagedBatch): void
  /** Called when the batch is durable and visible. Answers the caller of the change. */
  settle(): void
  /** Called if the change was not committed, or if its outcome is unknown. */
  fail(cause: Error): void
}

export interface StagedCommit extends ChangedBy {
  readonly work: PendingCommit
}
