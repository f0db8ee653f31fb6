// The commit backlog: the commits that wait for a batch, the number of commits that are still being prepared, and the
// commits that the queue must retry alone.
import type { PendingCommit } from './pending-commit.ts'

/**
 * The queue closes a batch when this number of commits is ready, or earlier when half of all commits are ready and the
 * other half are still being signed. The queue waits because a large batch takes the same time as a batch with a single
 * commit.
 */
const ENOUGH = 16

/** Chooses which pending commits go into the next batch (`now`) and which wait for a later batch (`later`). */
export type Choose = (waiting: readonly PendingCommit[]) => {
  readonly now: readonly PendingCommit[]
  readonly later: readonly PendingCommit[]
}

export class CommitBacklog {
  #pending: PendingCommit[] = []
  /** The number of commits that are reserved, but not enqueued yet. */
  #inFlight = 0
  /**
   * The commits of a batch in which a statement failed. The queue retries each of them alone, so that only the faulty
   * commit fails.
   */
  readonly #isolated: PendingCommit[] = []

  reserve(): void {
    this.#inFlight++
  }

  /** The queue calls this method when a reserved commit is enqueued or its reservation is cancelled. */
  endReservation(): void {
    this.#inFlight--
  }

  add(work: PendingCommit): void {
    this.#pending.push(work)
  }

  /** Puts the commits before all other pending commits. */
  addFirst(works: readonly PendingCommit[]): void {
    this.#pending.unshift(...works)
  }

  retryIsolated(works: readonly PendingCommit[]): void {
    this.#isolated.push(...works)
  }

  /** True if enough commits are ready for a batch. */
  get isEnough(): boolean {
    const ready = this.#pending.length + this.#isolated.length
    return ready > 0 && ready >= Math.min(this.#inFlight, ENOUGH)
  }

  /** True if no commit is pending, reserved or waiting for a retry. */
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

  /** Removes and returns all commits. The commits that must be retried alone come first. */
  takeAll(): readonly PendingCommit[] {
    return [...this.#isolated.splice(0), ...this.#pending.splice(0)]
  }

  remove(work: PendingCommit): void {
    this.#pending = this.#pending.filter((other) => other !== work)
  }
}
