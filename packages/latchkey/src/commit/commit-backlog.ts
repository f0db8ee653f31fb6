// The commit backlog: the pending commits, the number of commits that are being prepared, and the commits to retry
// alone.
import type { PendingCommit } from './pending-commit.ts'

/**
 * The queue waits until half of the commits that are being signed are ready, or at least this many. A batch costs the
 * same for one commit as for many. A single commit does not wait.
 */
const ENOUGH = 16

/** Splits the pending commits: some are for the next batch, the others for a later one. */
export type Choose = (waiting: readonly PendingCommit[]) => {
  readonly now: readonly PendingCommit[]
  readonly later: readonly PendingCommit[]
}

export class CommitBacklog {
  #pending: PendingCommit[] = []
  /** The number of commits that are reserved and not enqueued yet. */
  #inFlight = 0
  /** The commits of a batch in which one statement failed. Each is retried alone, so that only the faulty one fails. */
  readonly #isolated: PendingCommit[] = []

  reserve(): void {
    this.#inFlight++
  }

  /** Call it when a reserved commit was enqueued, or when its reservation was cancelled. */
  endReservation(): void {
    this.#inFlight--
  }

  add(work: PendingCommit): void {
    this.#pending.push(work)
  }

  /** Puts the commits before all others. */
  addFirst(works: readonly PendingCommit[]): void {
    this.#pending.unshift(...works)
  }

  retryIsolated(works: readonly PendingCommit[]): void {
    this.#isolated.push(...works)
  }

  /** True if enough commits are pending for a batch. */
  get isEnough(): boolean {
    const ready = this.#pending.length + this.#isolated.length
    return ready > 0 && ready >= Math.min(this.#inFlight, ENOUGH)
  }

  /** True if no commit is pending and none is reserved. */
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

  /** The commits that are not in a batch yet. */
  get all(): readonly PendingCommit[] {
    return [...this.#isolated, ...this.#pending]
  }

  /** Removes and returns all commits. Those to retry alone come first. */
  takeAll(): readonly PendingCommit[] {
    return [...this.#isolated.splice(0), ...this.#pending.splice(0)]
  }

  remove(work: PendingCommit): void {
    this.#pending = this.#pending.filter((other) => other !== work)
  }
}
