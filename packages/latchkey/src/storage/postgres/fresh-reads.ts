// Looks at the database so that the memory is as new as the question: for many questions at a time, none answered late.
import type { CommitQueue } from '../../commit/commit-queue.ts'
import type { Freshness } from '../../state/freshness.ts'
import type { LiveState } from '../../state/live-state.ts'
import { type Lease, moment, since } from './lease.ts'
import type { FreshRead } from './answers.ts'
import { cannotSay, type PostgresDisk } from './postgres-disk.ts'
import type { ReplicatedState } from './replicated-state.ts'

/** What was seen longer ago is looked at again before anybody is told. */
const OLDEST_MS = 1000
/** Between two attempts while the database does not answer. */
const RETRY_MS = 50
/** More requests would only wait without success, each with an open connection. */
const MOST_WAITING = 4096

interface Asked {
  readonly clientIds: Set<string>
  /** True if a caller needs the whole configuration, and not only the rows that decide about these clients. */
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
  /** Not sent yet: only such a one may be joined, since one under way may have seen the past. */
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

  /** Resolves when what decides about this client, its slots included, is in memory as it is after this call. */
  of(clientId: string): Promise<void> {
    const batch = this.#join()
    batch.clientIds.add(clientId)
    return this.#whileBearable(batch.done).then(() =>
      this.#live.isInDoubt(clientId) ? this.#afterDoubt(clientId) : undefined,
    )
  }

  /** Resolves when the configuration is in memory as it is after this call. */
  configuration(): Promise<void> {
    const batch = this.#join()
    batch.isOfAll = true
    return this.#whileBearable(batch.done)
  }

  /** What was seen of a commit without an answer counts only once that is sure to last. */
  async #afterDoubt(clientId: string): Promise<void> {
    const begunAt = moment()
    while (this.#live.isInDoubt(clientId)) {
      if (since(begunAt) > this.#disk.deadlines.retryBudget) throw cannotSay()
      await pause(RETRY_MS)
    }
    return this.of(clientId)
  }

  async #whileBearable(done: Promise<void>): Promise<void> {
    if (!this.#isFailing) return done
    if (this.#waiting >= MOST_WAITING) throw cannotSay()
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
      // Callers in this turn of the event loop join.
      await new Promise((resolve) => setImmediate(resolve))
      this.#unsent = undefined
      await this.#refresh(asked)
    })()
    this.#sent = read.catch(() => undefined)
    return (this.#unsent = Object.assign(asked, { done: within(this.#disk.deadlines.retryBudget, read) }))
  }

  /** Until it is seen. A connection that breaks, or a database that is away for a moment, costs the caller a wait. */
  async #refresh(asked: Asked): Promise<void> {
    const begunAt = moment()
    for (;;) {
      const failure = await this.#isFresh(asked).then(
        (isFresh) => (isFresh ? undefined : cannotSay()),
        (cause: unknown) => cannotSay(cause),
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
    // It came from another server than the one that the lease is on.
    if (!read.misplaced) this.#disk.leaveOldPrimary()
    return false
  }

  /** False when the memory could not be brought as far as what was seen. */
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
      reject(cannotSay())
    }, milliseconds)
  })
  try {
    await Promise.race([act, late])
  } finally {
    clearTimeout(timer)
  }
}
