// Fresh reads of the database, which bring the memory of a replica up to date before the replica decides. Many callers
// share one read.
import type { CommitQueue } from '../../commit/commit-queue.ts'
import type { Freshness } from '../../state/freshness.ts'
import type { LiveState } from '../../state/live-state.ts'
import { type Lease, moment, since } from './lease.ts'
import type { FreshRead } from './answers.ts'
import { databaseUnavailable, type PostgresDisk } from './postgres-disk.ts'
import type { ReplicatedState } from './replicated-state.ts'

/** A read that takes longer than this number of milliseconds is repeated, and its result is not used. */
const OLDEST_MS = 1000
/** The pause between two attempts while the database does not answer. */
const RETRY_MS = 50
/**
 * The largest number of callers that wait while reads fail. Further callers are refused at once, because they would
 * only keep connections open.
 */
const MOST_WAITING = 4096

interface Asked {
  readonly clientIds: Set<string>
  /** True if a caller needs the whole configuration. False if the part that affects these clients is enough. */
  isOfAll: boolean
}

interface Batch extends Asked {
  readonly done: Promise<void>
}

export interface FreshReadsParts {
  readonly disk: PostgresDisk
  readonly lease: Lease
  readonly state: ReplicatedState
  readonly queue: CommitQueue
  readonly live: LiveState
}

export class FreshReads implements Freshness {
  readonly #disk: PostgresDisk
  readonly #lease: Lease
  readonly #state: ReplicatedState
  readonly #queue: CommitQueue
  readonly #live: LiveState
  /**
   * The next read, which has not been sent yet. Callers never join a read in flight, because it may already have read
   * an older state.
   */
  #unsent: Batch | undefined
  #sent: Promise<void> = Promise.resolve()
  #isFailing = false
  #waiting = 0

  constructor({ disk, lease, state, queue, live }: FreshReadsParts) {
    this.#disk = disk
    this.#lease = lease
    this.#state = state
    this.#queue = queue
    this.#live = live
  }

  /**
   * Resolves when the memory contains all changes before this call that affect this client and its slots. Throws
   * `StoreUnavailable`.
   */
  of(clientId: string): Promise<void> {
    const batch = this.#join()
    batch.clientIds.add(clientId)
    return this.#waitLimited(batch.done).then(() =>
      this.#live.isOutcomeUnknown(clientId) ? this.#afterOutcome(clientId) : undefined,
    )
  }

  /** Resolves when the memory contains all changes of the configuration before this call. Throws `StoreUnavailable`. */
  configuration(): Promise<void> {
    const batch = this.#join()
    batch.isOfAll = true
    return this.#waitLimited(batch.done)
  }

  /**
   * Waits until the outcomes of the client's commits are known, then reads again, because the first read may have
   * returned the result of a commit that was lost later.
   */
  async #afterOutcome(clientId: string): Promise<void> {
    const begunAt = moment()
    while (this.#live.isOutcomeUnknown(clientId)) {
      if (since(begunAt) > this.#disk.deadlines.retryBudget) throw databaseUnavailable()
      await pause(RETRY_MS)
    }
    return this.of(clientId)
  }

  async #waitLimited(done: Promise<void>): Promise<void> {
    if (!this.#isFailing) return done
    if (this.#waiting >= MOST_WAITING) throw databaseUnavailable()
    this.#waiting++
    try {
      await done
    } finally {
      this.#waiting--
    }
  }

  #join(): Batch {
    if (this.#unsent !== undefined) return this.#unsent
    const asked: Asked = { clientIds: new Set(), isOfAll: false }
    const before = this.#sent
    const read = (async () => {
      await before
      // Calls in the same turn of the event loop share the read.
      await new Promise((resolve) => setImmediate(resolve))
      this.#unsent = undefined
      await this.#refresh(asked)
    })()
    this.#sent = read.catch(() => undefined)
    return (this.#unsent = Object.assign(asked, { done: within(this.#disk.deadlines.retryBudget, read) }))
  }

  /** Repeats the read until it succeeds, at most for the time of the retry budget. */
  async #refresh(asked: Asked): Promise<void> {
    const begunAt = moment()
    for (;;) {
      const failure = await this.#isFresh(asked).then(
        (isFresh) => (isFresh ? undefined : databaseUnavailable()),
        (cause: unknown) => databaseUnavailable(cause),
      )
      this.#isFailing = failure !== undefined
      if (failure === undefined) return
      if (this.#lease.isAway || since(begunAt) > this.#disk.deadlines.retryBudget) throw failure
      await pause(RETRY_MS)
    }
  }

  async #isFresh({ clientIds, isOfAll }: Asked): Promise<boolean> {
    const askedAt = moment()
    const read = await this.#disk.freshRead([...clientIds], this.#state.assumed.configuration)
    const counts = !read.misplaced && (this.#lease.covers(read) || (await this.#renewed(read)))
    if (counts && (await this.#takeOver(read, isOfAll)) && since(askedAt) < OLDEST_MS) return true
    if (read.misplaced) await this.#renewed(read)
    return false
  }

  async #renewed(read: FreshRead): Promise<boolean> {
    await this.#lease.renew()
    if (this.#lease.covers(read)) return true
    // The lease belongs to a database server other than the one that answered the read.
    if (!read.misplaced) this.#disk.leaveOldPrimary()
    return false
  }

  /** Applies the result of the read to the memory. Returns false if the memory is still not up to date. */
  async #takeOver(read: FreshRead, isOfAll: boolean): Promise<boolean> {
    const isBehind = isOfAll || read.overtaken || read.floor > this.#state.floor
    if (isBehind && this.#state.isOlderThan(read)) {
      await this.#queue.betweenCommits(() => this.#state.catchUp())
    }
    if (isBehind && this.#state.isOlderThan(read)) {
      this.#disk.leaveOldPrimary()
      return false
    }
    this.#state.putSlots(read.slots)
    return true
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds).unref())

async function within(milliseconds: number, act: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(databaseUnavailable())
    }, milliseconds)
  })
  try {
    await Promise.race([act, late])
  } finally {
    clearTimeout(timer)
  }
}
