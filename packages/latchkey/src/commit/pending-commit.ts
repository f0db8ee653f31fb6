// A pending commit: one change in the commit queue.
import type { EarlierAttempt } from '../domain/earlier-attempt.ts'
import type { StagedBatch } from './staged-batch.ts'

/** The ranks, in the order in which a batch stages them. */
export const RANKS = ['configure', 'revoke', 'issue'] as const

/** A change to commit. The queue calls its methods, each within one turn of the event loop. */
export interface PendingCommit {
  /**
   * The order within a batch: changes of configuration, revocations, issuances. All works of a batch overlap in time,
   * so any order is correct. In this order no token is issued that the same batch ends.
   */
  readonly rank: (typeof RANKS)[number]
  /** The result of the attempts before. What `stage` stages must be right for each of their possible outcomes. */
  earlier: EarlierAttempt
  /** Called when the batch closes: judges against the state of the batch, and adds the writes. */
  stage(batch: StagedBatch): void
  /** Called when the batch is durable and visible: answers the caller. */
  settle(): void
  /** Called if the work was not committed, or the outcome is unknown. */
  fail(cause: Error): void
}

export interface StagedCommit {
  readonly work: PendingCommit
  /** The ids of the slots that the work changes. */
  readonly slots: ReadonlySet<number>
}
