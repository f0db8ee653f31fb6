// Follows what other replicas change, a few times a second, and keeps the log of changes short.
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

/** How far the memory is. */
export interface Progress {
  /** Everything that was acknowledged before is in memory. Milliseconds of the monotonic clock. */
  readonly readAt: number
  /** So is every change of this log up to its low-water mark, and every configuration up to this version. */
  readonly log: string
  readonly lowWater: number
  readonly configuration: number
  readonly floor: number
}

const EVERY_MS = 50
const PRUNE_EVERY_MS = 60_000
/** How many prunings later a change is removed: ten minutes, in which every replica has read it or is gone. */
const KEPT_PRUNINGS = 10
/** At once: a long statement would hold up the clean-up of the whole database. */
const REMOVED_AT_ONCE = 20_000

export class ChangeLogConsumer {
  readonly #parts: ChangeLogConsumerParts
  /** Called each time that the memory has caught up further. Its owner sets it. */
  onProgress: (progress: Progress) => void = () => undefined
  /** The low-water mark at each of the last prunings: what is above it somebody may still have to read. */
  readonly #marks: number[] = []
  /** Each waits for a reading that has not begun yet. */
  readonly #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #pruneAt = performance.now() + PRUNE_EVERY_MS
  #stopped = false

  constructor(parts: ChangeLogConsumerParts) {
    this.#parts = parts
  }

  /**
   * Until it is stopped. A database that does not answer is asked again: a caller that needs a linearizable read asks
   * for it.
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

  /** Resolves when the memory holds all that any replica committed before this call. */
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
      // News is not held up by a commit that gets no answer.
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
   * A commit of our own may be in what was read, where it is passed over, while its answer is not here yet: others may
   * know of it by now, and the memory does not.
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

// By the highest one that it has seen a replica knows that it has missed none: that one stays. The lowest go first, so
// that where one is left, all above it are.
const PRUNE = `WITH gone AS (
    DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE seq < $1 AND ${OWN} ORDER BY seq LIMIT $2) RETURNING 1)
  SELECT count(*) AS removed FROM gone`
