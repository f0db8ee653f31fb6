// A pending commit: one change in the commit queue.
import type { EarlierAttempt } from '../domain/earlier-attempt.ts'
import type { ChangedBy, StagedBatch } from './staged-batch.ts'

/** The ranks, in the order in which a batch stages them. */
export const RANKS = ['configure', 'revoke', 'issue'] as const

/** A change to commit. The queue calls its methods, each within one turn of the event loop. */
export interface PendingCommit {
  /**
   * The order within a batch: changes of configuration, revocations, issuances. All commits of a batch are concurrent,
   * so any order is correct. With this order, no batch issues a token and ends it again.
   */
  readonly rank: (typeof RANKS)[number]
  /** The result of earlier attempts. The staged changes must be right for each outcome that these attempts may have. */
  earlier: EarlierAttempt
  /** Called when the batch closes. Decides by the state of the batch, and adds the writes. */
  stage(batch: StagedBatch): void
  /** Called when the batch is durable and visible. Answers the caller. */
  settle(): void
  /** Called if the change was not committed, or if the outcome is unknown. */
  fail(cause: Error): void
}

export interface StagedCommit extends ChangedBy {
  readonly work: PendingCommit
}
