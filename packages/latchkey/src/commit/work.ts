// One thing to be made durable, as the commit queue sees it.
import type { EarlierAttempt } from '../domain/earlier-attempt.ts'
import type { StagedBatch } from './staged-batch.ts'

/** Places within a batch, in their order. */
export const RANKS = ['configure', 'revoke', 'issue'] as const

/** Its methods are called by the queue, each in one turn of the event loop. */
export interface Work {
  /**
   * Place within a batch. All work of a batch overlaps, so any order is legal; this one never hands out a token that
   * is dead on arrival: changes of configuration, revocations, then issuances.
   */
  readonly rank: (typeof RANKS)[number]
  /** Set before the work is staged again. What is staged must then be right whatever became of the attempts before. */
  earlier: EarlierAttempt
  /** The batch closes: judge against the state it has so far, and add what is to be written. */
  stage(batch: StagedBatch): void
  /** The batch is durable and visible: answer. */
  settle(): void
  /** The batch is not known to be durable, or this work was never tried. */
  fail(cause: Error): void
}

export interface StagedWork {
  readonly work: Work
  /** What it changes. */
  readonly slots: ReadonlySet<number>
}
