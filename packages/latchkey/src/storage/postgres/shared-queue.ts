// The commit queue of one replica among several: what a batch assumed is stated with it, and the database judges that.
import { DiskFailure } from '../../rows/disk.ts'
import { ALL_DONE, type CommitOutcome } from '../../commit/commit-outcome.ts'
import { CommitQueue, type CommitQueueParts } from '../../commit/commit-queue.ts'
import type { StagedBatch } from '../../commit/staged-batch.ts'
import type { Work } from '../../commit/work.ts'
import type { Lease } from './lease.ts'
import { cannotSay, type CommitVerdict, elsewhere, type KnownVersion, type PostgresDisk } from './postgres-disk.ts'
import type { SharedMemory } from './shared-memory.ts'

export interface SharedQueueParts extends Omit<CommitQueueParts, 'patience'> {
  readonly disk: PostgresDisk
  readonly memory: SharedMemory
  readonly lease: Lease
  /** Told how many milliseconds each commit took. */
  readonly timed: (milliseconds: number) => void
  /** Told of each commit whose answer never came. */
  readonly unanswered: () => void
}

/** Batches in a row that were overtaken: after more the next one comes first. */
const OFTEN = 2

export class SharedQueue extends CommitQueue {
  readonly #disk: PostgresDisk
  readonly #memory: SharedMemory
  readonly #lease: Lease
  readonly #timed: (milliseconds: number) => void
  readonly #unanswered: () => void

  /** Batches in a row that were overtaken. */
  #overtaken = 0
  /** Lets go of the configuration. */
  #held: (() => Promise<void>) | undefined

  constructor({ memory, lease, timed, unanswered, ...parts }: SharedQueueParts) {
    super({ ...parts, patience: parts.disk.deadlines.retryBudget })
    this.#disk = parts.disk
    this.#memory = memory
    this.#lease = lease
    this.#timed = timed
    this.#unanswered = unanswered
  }

  protected override async makeDurable(batch: StagedBatch): Promise<CommitOutcome> {
    const begunAt = performance.now()
    // What the batch was judged with, whatever is read until it is sent.
    const { assumed } = this.#memory
    try {
      // Ours would wait for what we hold.
      if (batch.changes.isConfiguration) await this.#letGo()
      const outcome = await this.#commitTo(batch, assumed)
      if (outcome.kind !== 'overtaken') this.#overtaken = 0
      return outcome
    } catch (cause) {
      if (cause instanceof DiskFailure && cause.kind === 'in_doubt') this.#unanswered()
      throw cause
    } finally {
      void this.#letGo()
      this.#timed(performance.now() - begunAt)
    }
  }

  /** Where others change the configuration all the time, a batch would come too late each time: after some it comes first. */
  async #catchUp(): Promise<void> {
    try {
      if (++this.#overtaken > OFTEN) this.#held ??= await this.#disk.holdForCommits()
      await this.#memory.catchUp()
    } catch (cause) {
      await this.#letGo()
      throw cause
    }
  }

  async #letGo(): Promise<void> {
    const letGo = this.#held
    this.#held = undefined
    await letGo?.()
  }

  /** Changes of the configuration have a transaction of another kind: they and the issuances take turns. */
  protected override choose(waiting: readonly Work[]) {
    const changes = waiting.filter(({ rank }) => rank === 'configure')
    return changes.length === 0
      ? { now: waiting, later: [] }
      : { now: changes, later: waiting.filter(({ rank }) => rank !== 'configure') }
  }

  protected override isLongGone(): boolean {
    return this.#lease.isAway
  }

  // What others issued is judged too when scopes, keys and integrations change.
  protected override readonly refresh = (works: readonly Work[], cause: 'next' | 'overtaken') => {
    if (cause === 'overtaken') return this.#catchUp()
    const unanswered = works.filter(({ trace }) => trace !== undefined)
    if (unanswered.length > 0) return this.#findOut(unanswered)
    return works.some(({ rank }) => rank === 'configure') ? this.#current() : undefined
  }

  async #current(): Promise<void> {
    if (this.#memory.isOlderThan(await this.#memory.follow())) await this.#memory.catchUp()
  }

  /**
   * What became of commits without an answer. A commit can be seen before a standby has it, where its wait was cut short.
   * So a beat follows: its own commit stands behind in the log, and is waited for.
   */
  async #findOut(works: readonly Work[]): Promise<void> {
    const traces = works.flatMap(({ trace }) => trace ?? [])
    // The slots first: who came between the two questions came after what the first one saw.
    const clientIds = [...new Set(traces.map(({ clientId }) => clientId))]
    const look = await this.#disk.look(clientIds, this.#memory.assumed.configuration)
    const { found, ...server } = await this.#disk.traces(traces)
    await this.#lease.renew()
    if (look.misplaced || !this.#lease.covers(look) || !this.#lease.covers(server)) {
      this.#disk.leaveOldServer()
      throw cannotSay()
    }
    if (this.#memory.isOlderThan(look)) await this.#memory.catchUp()
    this.#memory.putSlots(look.slots)
    for (const work of works) if (work.trace !== undefined && found.includes(work.trace.jti)) work.found?.()
  }

  async #commitTo(batch: StagedBatch, assumed: KnownVersion): Promise<CommitOutcome> {
    const { changes } = batch
    const writes = batch.durableWrites()
    if (changes.isConfiguration) {
      return this.#outcome(await this.#disk.commitConfiguration(assumed.configuration, changes, writes))
    }
    if (changes.slots.length > 0) return this.#outcome(await this.#disk.commitSlots(assumed, changes.slots, writes))
    if (writes.length > 0) await this.disk.commit(writes)
    return ALL_DONE
  }

  #outcome(verdict: CommitVerdict): CommitOutcome {
    switch (verdict.verdict) {
      case 'overtaken':
        return { kind: 'overtaken' }
      case 'elsewhere':
        throw elsewhere()
      case 'done':
        if (verdict.configuration !== undefined) this.#memory.committed(verdict.configuration)
        return {
          kind: 'done',
          lost: this.#memory.readFound(verdict.lost),
          moved: this.#memory.readFound(verdict.moved),
        }
    }
  }
}
