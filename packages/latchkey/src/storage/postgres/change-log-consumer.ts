// Reads the change log of the database twenty times a second, and prunes the log.
import type { Clock } from '../../ports/clock.ts'
import type { CommitQueue } from '../../commit/commit-queue.ts'
import { type ChangeLog, type Changes, lowWaterOf } from './change-log.ts'
import { OWN } from './own-session.ts'
import type { PostgresDisk } from './postgres-disk.ts'
import type { ReplicatedState } from './replicated-state.ts'

export interface ChangeLogConsumerParts {
  readonly disk: PostgresDisk
  readonly state: ReplicatedState
  readonly queue: CommitQueue
  readonly log: ChangeLog
  readonly clock: Clock
}

/** The position up to which this replica has read the changes of other replicas. */
export interface Progress {
  /**
   * The memory contains every change that was acknowledged before this time, in milliseconds of the monotonic clock.
   */
  readonly readAt: number
  /**
   * Identifies the log. The memory contains every change of this log up to `lowWater`, and every change up to the
   * version `configuration`.
   */
  readonly log: string
  readonly lowWater: number
  readonly configuration: number
  readonly floor: number
}

const EVERY_MS = 50
const PRUNE_EVERY_MS = 60_000
/**
 * A change is removed after this number of prunings, that is, after ten minutes. By then, every running replica has
 * read the change.
 */
const KEPT_PRUNINGS = 10
/**
 * The largest number of rows that one statement removes. A long statement would delay the vacuum of the whole database.
 */
const REMOVED_AT_ONCE = 20_000

export class ChangeLogConsumer {
  readonly #parts: ChangeLogConsumerParts
  /**
   * Called after each read, as soon as the changes of the read are in memory. The owner of the consumer sets this
   * function.
   */
  onProgress: (progress: Progress) => void = () => undefined
  /**
   * The values of `lowWater` at the last prunings, the oldest first. Other replicas may still need changes above the
   * oldest mark.
   */
  readonly #marks: number[] = []
  /** The callers that wait for the next read, which has not begun yet. */
  readonly #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #pruneAt = performance.now() + PRUNE_EVERY_MS
  #stopped = false

  constructor(parts: ChangeLogConsumerParts) {
    this.#parts = parts
  }

  /**
   * Reads repeatedly until `stop` is called, even after failures. Callers that need a linearizable read must use a
   * fresh read instead.
   */
  start(): void {
    this.#timer = setTimeout(() => {
      void this.#once()
        .catch(() => undefined)
        .then(() => {
          if (!this.#stopped) this.start()
        })
    }, EVERY_MS).unref()
  }

  /** Resolves when the memory contains every change that any replica committed before this call. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #once(): Promise<void> {
    const { state, queue, clock } = this.#parts
    const begunAt = clock.monotonic()
    const waiting = this.#waiting.splice(0)
    try {
      const seen = await state.readChanges()
      if (state.isOlderThan(seen)) await queue.betweenCommits(() => state.catchUp())
      // Does not wait for this promise, because a commit without an answer must not delay the next read.
      void this.#settle(begunAt, seen, waiting)
    } catch (cause) {
      this.#waiting.push(...waiting)
      throw cause
    }
    if (performance.now() < this.#pruneAt) return
    this.#pruneAt = performance.now() + PRUNE_EVERY_MS
    await this.#prune()
  }

  /**
   * Reports the progress when the outcomes of this replica's commits in flight are known. The read has skipped the
   * changes of these commits, so this replica must first put these changes in memory itself.
   */
  async #settle(readAt: number, { reached }: Changes, waiting: readonly (() => void)[]): Promise<void> {
    const { state, queue } = this.#parts
    await queue.betweenCommits(() => Promise.resolve())
    if (state.hasUnknownOutcome) {
      this.#waiting.push(...waiting)
      return
    }
    const { configuration, floor } = state
    this.onProgress({ readAt, log: reached.log, lowWater: lowWaterOf(reached), configuration, floor })
    for (const resolve of waiting) resolve()
  }

  async #prune(): Promise<void> {
    this.#marks.push(lowWaterOf(this.#parts.log.reached))
    const mark = this.#marks.length > KEPT_PRUNINGS ? this.#marks.shift() : undefined
    if (mark === undefined) return
    for (;;) {
      const [row] = await this.#parts.disk.ask('prune_changes', PRUNE, [mark, REMOVED_AT_ONCE])
      if (Number(row?.['removed']) < REMOVED_AT_ONCE) return
    }
  }
}

// Removes the changes with the lowest numbers first, so that every change after a remaining change also remains. So a
// replica has missed no change if the log still contains the last change that the replica has read.
const PRUNE = `WITH gone AS (
    DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE seq < $1 AND ${OWN} ORDER BY seq LIMIT $2) RETURNING 1)
  SELECT count(*) AS removed FROM gone`
