// Follows what other replicas change, a few times a second, and keeps the log of changes short.
import type { Clock } from '../../ports/clock.ts'
import type { CommitQueue } from '../embedded/commit-queue.ts'
import type { Certify } from '../embedded/embedded-slot-changes.ts'
import type { ChangeLog } from './change-log.ts'
import type { Lease } from './lease.ts'
import type { PostgresDisk } from './postgres-disk.ts'
import type { SharedMemory } from './shared-memory.ts'

export interface Followed {
  readonly disk: PostgresDisk
  readonly memory: SharedMemory
  readonly queue: CommitQueue
  readonly log: ChangeLog
  readonly lease: Lease
  readonly clock: Clock
}

const EVERY_MS = 50
const PRUNE_EVERY_MS = 60_000
/** How many prunings later a change is removed: ten minutes, in which every replica has read it or is gone. */
const KEPT_PRUNINGS = 10
/** At once: a long statement would hold up the clean-up of the whole database. */
const REMOVED_AT_ONCE = 20_000

export class Follower {
  readonly #of: Followed
  /** The highest number at each of the last prunings. */
  readonly #marks: number[] = []
  #timer: NodeJS.Timeout | undefined
  #pruneAt = performance.now() + PRUNE_EVERY_MS
  #stopped = false
  #currentAt: number | undefined

  constructor(of: Followed) {
    this.#of = of
  }

  /** Until it is stopped. A database that does not answer is asked again: whoever needs the truth asks by himself. */
  follow(): void {
    this.#timer = setTimeout(() => {
      void this.#once()
        .catch(() => undefined)
        .then(() => {
          if (!this.#stopped) this.follow()
        })
    }, EVERY_MS).unref()
  }

  /** All that was acknowledged before the last reading began is in memory, whatever came after it. */
  readonly certify: Certify = (position) =>
    this.#currentAt === undefined ? undefined : { position, readAt: this.#currentAt }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #once(): Promise<void> {
    const { memory, queue } = this.#of
    const begunAt = this.#of.clock.monotonic()
    const seen = await memory.follow()
    if (memory.isOlderThan(seen)) await queue.betweenCommits(() => memory.catchUp())
    if (this.#of.lease.covers(seen)) this.#currentAt = begunAt
    if (performance.now() < this.#pruneAt) return
    this.#pruneAt = performance.now() + PRUNE_EVERY_MS
    await this.#prune()
  }

  async #prune(): Promise<void> {
    this.#marks.push(this.#of.log.highest)
    const mark = this.#marks.length > KEPT_PRUNINGS ? this.#marks.shift() : undefined
    if (mark === undefined) return
    for (;;) {
      const [row] = await this.#of.disk.ask('prune_changes', PRUNE, [mark, REMOVED_AT_ONCE])
      if (Number(row?.['removed']) < REMOVED_AT_ONCE) return
    }
  }
}

// By the highest one that it has seen a replica knows that it has missed none: that one stays.
const PRUNE = `WITH gone AS (
    DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE seq < $1 ORDER BY seq LIMIT $2) RETURNING 1)
  SELECT count(*) AS removed FROM gone`
