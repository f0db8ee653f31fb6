// Group commit: whatever arrived while the last commit was on its way to the disk shares the next one.
import { StoreUnavailable } from '../../ports/store.ts'
import { type Disk, DiskFailure } from '../disk.ts'
import type { Generations } from './generations.ts'
import type { LiveState } from './live-state.ts'
import { StagedBatch } from './staged-batch.ts'

/** One thing to be made durable. Its methods are called by the queue, each in one turn of the event loop. */
export interface Work {
  /**
   * Place within a batch. All work of a batch overlaps, so any order is legal; this one never hands out a token that
   * is dead on arrival: changes of configuration, revocations, then issuances.
   */
  readonly rank: 'configure' | 'revoke' | 'issue'
  /** The batch closes: judge against the state it has so far, and add what is to be written. */
  stage(batch: StagedBatch): void
  /** The batch is durable and visible: answer. */
  settle(): void
  /** The batch is not known to be durable, or this work was never tried. */
  fail(cause: Error): void
}

/**
 * Work that is being signed is waited for until half of what is under way is ready, or this much is: a commit costs the
 * same for one as for many. Who is alone waits for nobody.
 */
const ENOUGH = 16

const RANKS = ['configure', 'revoke', 'issue'] as const

/** Called after a failed commit once the disk answers again: puts the named integrations in memory as they are on it. */
export type Reload = (clientIds: readonly string[]) => Promise<void>

export class CommitQueue {
  readonly live: LiveState
  readonly generations: Generations
  readonly #disk: Disk
  readonly #reload: Reload
  #waiting: Work[] = []
  /** Work that was announced and has not come yet. */
  #coming = 0
  /** Work whose batch was refused by one statement: each is tried alone, so that it fails nobody else. */
  readonly #alone: Work[] = []
  #state: 'idle' | 'closing_soon' | 'committing' | 'recovering' | 'closed' = 'idle'
  #quiet: (() => void)[] = []

  constructor(live: LiveState, generations: Generations, disk: Disk, reload: Reload) {
    this.live = live
    this.generations = generations
    this.#disk = disk
    this.#reload = reload
  }

  /** Says that a piece of work is being prepared. Either `pushAnnounced` or `withdraw` must follow. */
  announce(): void {
    this.#coming++
  }

  /** The announced work is not going to come. */
  withdraw(): void {
    this.#coming--
    this.#closeSoon()
    this.#tellIfQuiet()
  }

  pushAnnounced(work: Work): void {
    this.#coming--
    this.push(work)
  }

  push(work: Work): void {
    if (this.#state === 'recovering') {
      work.fail(new StoreUnavailable('the store takes no writes right now'))
      return
    }
    if (this.#state === 'closed') {
      work.fail(new StoreUnavailable('the server is stopping'))
      return
    }
    this.#waiting.push(work)
    this.#closeSoon()
  }

  /** Resolves when nothing is queued or on its way to the disk; from then on every work is refused. */
  async close(): Promise<void> {
    const quiet = new Promise<void>((resolve) => this.#quiet.push(resolve))
    this.#tellIfQuiet()
    await quiet
    this.#state = 'closed'
  }

  /** The one moment at which a batch becomes durable. */
  protected async makeDurable(batch: StagedBatch): Promise<void> {
    if (batch.writes.length > 0) await this.#disk.commit(batch.writes)
  }

  // The rest of this turn of the event loop still joins: requests read from sockets together share a commit, and
  // nothing waits for a timer.
  #closeSoon(): void {
    if (this.#state !== 'idle' || !this.#isEnough()) return
    this.#state = 'closing_soon'
    setImmediate(() => void this.#run())
  }

  #isEnough(): boolean {
    const ready = this.#waiting.length + this.#alone.length
    return ready > 0 && ready >= Math.min(this.#coming, ENOUGH)
  }

  async #run(): Promise<void> {
    this.#state = 'committing'
    while (this.#isEnough()) {
      await this.#commit(this.#next())
      // Answers leave before the next batch is judged and signed work joins it.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#state = 'idle'
    this.#tellIfQuiet()
  }

  #tellIfQuiet(): void {
    const isStill = this.#state === 'idle' || this.#state === 'closed'
    if (isStill && this.#waiting.length + this.#alone.length + this.#coming === 0)
      for (const resolve of this.#quiet.splice(0)) resolve()
  }

  #next(): readonly Work[] {
    const alone = this.#alone.shift()
    if (alone !== undefined) return [alone]
    const works = this.#waiting
    this.#waiting = []
    return works
  }

  async #commit(works: readonly Work[]): Promise<void> {
    const batch = new StagedBatch(this.live, this.generations)
    for (const rank of RANKS) for (const work of works) if (work.rank === rank) work.stage(batch)
    try {
      await this.makeDurable(batch)
    } catch (cause) {
      await this.#failed(works, batch, cause as Error)
      return
    }
    batch.publish()
    for (const work of works) work.settle()
  }

  async #failed(works: readonly Work[], batch: StagedBatch, cause: Error): Promise<void> {
    if (cause instanceof DiskFailure && cause.kind === 'statement') {
      if (works.length > 1) this.#alone.push(...works)
      else for (const work of works) work.fail(cause)
      return
    }
    this.#state = 'recovering'
    const unavailable = new StoreUnavailable('the change could not be stored, or its outcome is not known', { cause })
    const touched = batch.putInDoubt()
    for (const work of [...works, ...this.#alone.splice(0), ...this.#waiting.splice(0)]) work.fail(unavailable)
    await this.#recover(touched)
    this.#state = 'committing'
  }

  /** Until the disk answers again reads go on from memory, except for what is in doubt, and writes are refused. */
  async #recover(clientIds: readonly string[]): Promise<void> {
    for (;;) {
      await this.#disk.recover()
      try {
        await this.#reload(clientIds)
        this.live.clearDoubt()
        return
      } catch (cause) {
        if (!(cause instanceof DiskFailure)) throw cause
      }
    }
  }
}
