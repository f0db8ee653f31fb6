// Reads the change log twenty times a second, and prunes it.
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

/** How far the replicated state has been read. */
export interface Progress {
  /** Every change that was acknowledged before this moment is in memory. Milliseconds of the monotonic clock. */
  readonly readAt: number
  /** Every change of this log up to `lowWater` is in memory, and the configuration up to this version. */
  readonly log: string
  readonly lowWater: number
  readonly configuration: number
  readonly floor: number
}

const EVERY_MS = 50
const PRUNE_EVERY_MS = 60_000
/**
 * The number of prunings after which a change is removed. Within these ten minutes every running replica has read the
 * change.
 */
const KEPT_PRUNINGS = 10
/** Rows per statement. A long statement would delay the vacuum of the whole database. */
const REMOVED_AT_ONCE = 20_000

export class ChangeLogConsumer {
  readonly #parts: ChangeLogConsumerParts
  /** Called after each read, once its changes are in the replicated state. The owner of the consumer sets it. */
  onProgress: (progress: Progress) => void = () => undefined
  /** The low-water mark at each of the last prunings. Replicas may still have to read the changes above it. */
  readonly #marks: number[] = []
  /** Callers that wait for a read that has not begun yet. */
  readonly #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #pruneAt = performance.now() + PRUNE_EVERY_MS
  #stopped = false

  constructor(parts: ChangeLogConsumerParts) {
    this.#parts = parts
  }

  /** Reads until `stop`, and again after a failure. Callers that need a linearizable read make a fresh read. */
  start(): void {
    this.#timer = setTimeout(() => {
      void this.#once()
        .catch(() => undefined)
        .then(() => {
          if (!this.#stopped) this.start()
        })
    }, EVERY_MS).unref()
  }

  /** Resolves when the state contains every change that any replica committed before this call. */
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
      // The promise is not awaited, because a commit without an answer must not delay the next read.
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
   * Reports progress only after this replica's commits in flight have an outcome. The read skips the changes of these
   * commits, so another replica may have them in memory earlier than this one.
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

// The lowest numbers are removed first, so if one change is left, every later change is left too. A replica notices by
// the highest number that it has read whether it missed a change.
const PRUNE = `WITH gone AS (
    DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE seq < $1 AND ${OWN} ORDER BY seq LIMIT $2) RETURNING 1)
  SELECT count(*) AS removed FROM gone`
