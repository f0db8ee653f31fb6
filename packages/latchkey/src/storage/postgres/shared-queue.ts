// The commit queue of one replica among several: what a batch assumed is stated with it, and the database judges that.
import { ALL_DONE, type CommitOutcome } from '../embedded/commit-outcome.ts'
import { CommitQueue, type Reload } from '../embedded/commit-queue.ts'
import type { Generations } from '../embedded/generations.ts'
import type { LiveState } from '../embedded/live-state.ts'
import type { Recorder, StagedBatch } from '../embedded/staged-batch.ts'
import type { Work } from '../embedded/work.ts'
import { type CommitVerdict, elsewhere, type PostgresDisk } from './postgres-disk.ts'
import type { SharedMemory } from './shared-memory.ts'

export interface SharedQueueParts {
  readonly live: LiveState
  readonly generations: Generations
  readonly recorder: Recorder
  readonly disk: PostgresDisk
  readonly memory: SharedMemory
  readonly reload: Reload
  /** Told how many milliseconds each commit took. */
  readonly timed: (milliseconds: number) => void
}

export class SharedQueue extends CommitQueue {
  readonly #disk: PostgresDisk
  readonly #memory: SharedMemory
  readonly #timed: (milliseconds: number) => void

  constructor({ live, generations, recorder, disk, memory, reload, timed }: SharedQueueParts) {
    super(live, generations, recorder, disk, reload)
    this.#disk = disk
    this.#memory = memory
    this.#timed = timed
  }

  protected override async makeDurable(batch: StagedBatch): Promise<CommitOutcome> {
    const begunAt = performance.now()
    try {
      return await this.#commitTo(batch)
    } finally {
      this.#timed(performance.now() - begunAt)
    }
  }

  /** Changes of the configuration have a transaction of another kind: they and the issuances take turns. */
  protected override choose(waiting: readonly Work[]) {
    const changes = waiting.filter(({ rank }) => rank === 'configure')
    return changes.length === 0
      ? { now: waiting, later: [] }
      : { now: changes, later: waiting.filter(({ rank }) => rank !== 'configure') }
  }

  // What others issued is judged too when scopes, keys and integrations change.
  protected override readonly refresh = (works: readonly Work[], cause: 'next' | 'overtaken') => {
    if (cause === 'overtaken') return this.#memory.catchUp()
    return works.some(({ rank }) => rank === 'configure') ? this.#current() : undefined
  }

  async #current(): Promise<void> {
    if (this.#memory.isOlderThan(await this.#memory.follow())) await this.#memory.catchUp()
  }

  async #commitTo(batch: StagedBatch): Promise<CommitOutcome> {
    const { changes } = batch
    const writes = batch.durableWrites()
    const assumed = this.#memory.configuration
    if (changes.isConfiguration) return this.#outcome(await this.#disk.commitConfiguration(assumed, changes, writes))
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
