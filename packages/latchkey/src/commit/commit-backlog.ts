// The commit backlog: pending work, the number of works that are being prepared, and the works to retry alone.
import type { PendingCommit } from './pending-commit.ts'

/**
 * The queue waits for work that is being signed until half of all work or this much is ready, because a commit costs
 * the same for one work as for many. A single work does not wait.
 */
const ENOUGH = 16

/** Divides the waiting works into those of the next batch and those of a later one. */
export type Choose = (waiting: readonly PendingCommit[]) => {
  readonly now: readonly PendingCommit[]
  readonly later: readonly PendingCommit[]
}

export class CommitBacklog {
  #pending: PendingCommit[] = []
  /** The number of works that are reserved and not enqueued yet. */
  #inFlight = 0
  /** Works of a batch that failed by one statement. Each is retried alone, so that only the work at fault fails. */
  readonly #isolated: PendingCommit[] = []

  reserve(): void {
    this.#inFlight++
  }

  /** A reserved work was enqueued, or its reservation cancelled. */
  endReservation(): void {
    this.#inFlight--
  }

  add(work: PendingCommit): void {
    this.#pending.push(work)
  }

  /** Puts the works before all others. */
  addFirst(works: readonly PendingCommit[]): void {
    this.#pending.unshift(...works)
  }

  retryIsolated(works: readonly PendingCommit[]): void {
    this.#isolated.push(...works)
  }

  /** True if there is enough work for a batch. */
  get isEnough(): boolean {
    const ready = this.#pending.length + this.#isolated.length
    return ready > 0 && ready >= Math.min(this.#inFlight, ENOUGH)
  }

  /** True if no work waits and none is reserved. */
  get isEmpty(): boolean {
    return this.#pending.length + this.#isolated.length + this.#inFlight === 0
  }

  next(choose: Choose): readonly PendingCommit[] {
    const isolated = this.#isolated.shift()
    if (isolated !== undefined) return [isolated]
    const { now, later } = choose(this.#pending)
    this.#pending = [...later]
    return now
  }

  /** Removes and returns all works, those to retry alone first. */
  takeAll(): readonly PendingCommit[] {
    return [...this.#isolated.splice(0), ...this.#pending.splice(0)]
  }

  remove(work: PendingCommit): void {
    this.#pending = this.#pending.filter((other) => other !== work)
  }
}
