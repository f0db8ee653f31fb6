// One thing to be made durable, as the commit queue sees it.
import type { StagedBatch } from './staged-batch.ts'

/** Its methods are called by the queue, each in one turn of the event loop. */
export interface Work {
  /**
   * Place within a batch. All work of a batch overlaps, so any order is legal; this one never hands out a token that
   * is dead on arrival: changes of configuration, revocations, then issuances.
   */
  readonly rank: 'configure' | 'revoke' | 'issue'
  /** The batch closes: judge against the state it has so far, and add what is to be written. */
  stage(batch: StagedBatch): void
  /** The batch is durable and visible: answer. */
  settle(): void
  /**
   * Another process changed what this was judged by, the configuration or its slot, and nothing of it is durable: it is
   * going to be staged again. Called before the memory knows what changed of the configuration, and when it knows the slot.
   */
  overtaken(by: 'configuration' | 'slot'): void
  /**
   * The commit of the batch got no answer: it was carried out, or is going to be at any later time, or never. If this is
   * staged again, it must be true either way.
   */
  unanswered(): void
  /** The batch is not known to be durable, or this work was never tried. */
  fail(cause: Error): void
  /** After `unanswered`: what would show in the store that the commit was carried out. */
  readonly trace?: Trace | undefined
  /** The trace was found in the store. */
  found?(): void
}

/** A token that may have been put in its slot. */
export interface Trace {
  readonly clientId: string
  readonly slotId: number
  readonly jti: string
}

export interface StagedWork {
  readonly work: Work
  /** What it changes. */
  readonly slots: ReadonlySet<number>
}
