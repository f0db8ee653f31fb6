// Looks at the database so that the memory is as new as the question: for many questions at a time, none answered late.
import type { CommitQueue } from '../embedded/commit-queue.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { type Lease, moment, since } from './lease.ts'
import { cannotSay, type Look, type PostgresDisk } from './postgres-disk.ts'
import type { SharedMemory } from './shared-memory.ts'

/** What was seen longer ago is looked at again before anybody is told. */
const OLDEST_MS = 1000
/** Then the caller is told that it is not known. */
const PATIENCE_MS = 1800

interface Batch {
  readonly clientIds: Set<string>
  readonly done: Promise<void>
}

export class ExactReads {
  readonly #disk: PostgresDisk
  readonly #lease: Lease
  readonly #memory: SharedMemory
  readonly #queue: CommitQueue
  /** Not sent yet: only such a one may be joined, since one under way may have seen the past. */
  #unsent: Batch | undefined
  #sent: Promise<void> = Promise.resolve()

  constructor(disk: PostgresDisk, lease: Lease, memory: SharedMemory, queue: CommitQueue) {
    this.#disk = disk
    this.#lease = lease
    this.#memory = memory
    this.#queue = queue
  }

  /** Resolves when the configuration, and the slots of this client, are in memory as they are after this call. */
  of(clientId: string): Promise<void> {
    const batch = this.#join()
    batch.clientIds.add(clientId)
    return batch.done
  }

  /** Resolves when the configuration is in memory as it is after this call. */
  current(): Promise<void> {
    return this.#join().done
  }

  #join(): Batch {
    if (this.#unsent !== undefined) return this.#unsent
    const clientIds = new Set<string>()
    const before = this.#sent
    const look = (async () => {
      await before
      // Whoever asks in this turn of the event loop joins.
      await new Promise((resolve) => setImmediate(resolve))
      this.#unsent = undefined
      await this.#look([...clientIds])
    })()
    this.#sent = look.catch(() => undefined)
    return (this.#unsent = { clientIds, done: withinPatience(look) })
  }

  async #look(clientIds: readonly string[]): Promise<void> {
    const begunAt = moment()
    for (;;) {
      const askedAt = moment()
      const look = await this.#disk.look(clientIds).catch((cause: unknown) => {
        throw cannotSay(cause)
      })
      const counts = !look.misplaced && (this.#lease.covers(look) || (await this.#renewed(look)))
      if (counts && (await this.#remember(look)) && since(askedAt) < OLDEST_MS) return
      if (since(begunAt) > PATIENCE_MS) throw new StoreUnavailable('the database does not say what is true right now')
      if (look.misplaced) await this.#renewed(look)
    }
  }

  async #renewed(look: Look): Promise<boolean> {
    await this.#lease.renew().catch((cause: unknown) => {
      throw cannotSay(cause)
    })
    if (this.#lease.covers(look)) return true
    if (look.misplaced) await new Promise((resolve) => setTimeout(resolve, 100).unref())
    // It came from another server than the one that the lease is on.
    else this.#disk.leaveOldServer()
    return false
  }

  /** False when the memory could not be brought as far as what was seen. */
  async #remember(look: Look): Promise<boolean> {
    if (this.#memory.isOlderThan(look)) {
      await this.#queue.betweenCommits(() => this.#memory.catchUp())
    }
    if (this.#memory.isOlderThan(look)) {
      this.#disk.leaveOldServer()
      return false
    }
    this.#memory.putSlots(look.slots)
    return true
  }
}

async function withinPatience(act: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StoreUnavailable('the database did not say in time what is true'))
    }, PATIENCE_MS)
  })
  try {
    await Promise.race([act, late])
  } finally {
    clearTimeout(timer)
  }
}
