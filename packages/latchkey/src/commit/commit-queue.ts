// Group commit: whatever arrived while the last commit was on its way to the disk shares the next one.
//
//   idle → closing_soon         `push`, `pushAnnounced`, `withdraw` or `betweenCommits`: there is enough to do
//   closing_soon → committing   the end of this turn of the event loop
//   committing → idle           `#run`: nothing is ready any more
//   committing → recovering     `#failed`: the strategy could not prepare memory, or could not commit
//   recovering → committing     `recover`: the disk answers again, and memory holds what is on it
//   idle → closed               `close`: nothing waits any more (`settled`)
//   recovering → closed         `close`: the disk is not waited for (`given_up`)
//
// One batch, in `#commit`: the strategy prepares memory; each work is judged and staged: the batch closes; the strategy
// makes the batch durable and then visible; each work answers, or is judged again in the next batch.
import { StoreUnavailable } from '../ports/store.ts'
import { type Disk, DiskFailure } from '../rows/disk.ts'
import type { Generations } from '../state/generations.ts'
import type { LiveState } from '../state/live-state.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import type { CommitStrategy } from './commit-strategy.ts'
import { recover } from './recover.ts'
import { RetryBudget } from './retry-budget.ts'
import { type Recorder, StagedBatch, type Touched } from './staged-batch.ts'
import { unavailable } from './unavailable.ts'
import { WaitingWork } from './waiting-work.ts'
import { RANKS, type StagedWork, type Work } from './work.ts'

/**
 * - `settled`: nothing is queued or on its way to the disk.
 * - `given_up`: the disk takes no writes, and is not waited for; everything that was not durable was refused.
 */
export type QueueEnd = 'settled' | 'given_up'

const NOTHING: Touched = { clientIds: [], cells: [] }

export interface CommitQueueParts {
  readonly live: LiveState
  readonly generations: Generations
  readonly recorder: Recorder
  readonly macs: RowMacs
  readonly disk: Disk
  readonly strategy: CommitStrategy
}

export class CommitQueue {
  readonly live: LiveState
  readonly generations: Generations
  readonly #disk: Disk
  readonly #strategy: CommitStrategy
  readonly #recorder: Recorder
  readonly #macs: RowMacs
  readonly #waiting = new WaitingWork()
  readonly #acts: (() => Promise<void>)[] = []
  #state: 'idle' | 'closing_soon' | 'committing' | 'recovering' | 'closed' = 'idle'
  readonly #budget: RetryBudget
  #closing: ((end: QueueEnd) => void) | undefined

  constructor({ live, generations, recorder, macs, disk, strategy }: CommitQueueParts) {
    this.live = live
    this.generations = generations
    this.#disk = disk
    this.#strategy = strategy
    this.#recorder = recorder
    this.#macs = macs
    this.#budget = new RetryBudget(strategy.retryBudget, (work) => {
      this.#giveUp(work)
    })
  }

  /** Says that a piece of work is being prepared. Either `pushAnnounced` or `withdraw` must follow. */
  announce(): void {
    this.#waiting.announce()
  }

  /** The announced work is not going to come. */
  withdraw(): void {
    this.#waiting.expectOneLess()
    this.#closeSoon()
    this.#endIfAsked()
  }

  pushAnnounced(work: Work): void {
    this.#waiting.expectOneLess()
    this.push(work)
  }

  push(work: Work): void {
    if (this.#state === 'closed') {
      work.fail(new StoreUnavailable('the server is stopping'))
      return
    }
    this.#budget.came(work)
    if (this.#state === 'recovering' && (this.#strategy.isLongGone() || !this.#budget.hold(work))) {
      work.fail(new StoreUnavailable('the store takes no writes right now'))
      return
    }
    this.#waiting.add(work)
    this.#closeSoon()
  }

  /** Runs between two commits, when no batch is staged or on its way: the memory may be changed. */
  betweenCommits(act: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#acts.push(() => act().then(resolve, reject))
      if (this.#state === 'idle') this.#runSoon()
      else if (this.#state === 'closed' || this.#state === 'recovering') void this.#runActs()
    })
  }

  /** Resolves when the end is reached; from then on every work is refused. Called once. */
  close(): Promise<QueueEnd> {
    return new Promise((resolve) => {
      this.#closing = resolve
      this.#endIfAsked()
    })
  }

  async #runActs(): Promise<void> {
    for (const act of this.#acts.splice(0)) await act()
  }

  #closeSoon(): void {
    if (this.#state === 'idle' && this.#waiting.isEnough) this.#runSoon()
  }

  // The rest of this turn of the event loop still joins: requests read from sockets together share a commit, and
  // nothing waits for a timer.
  #runSoon(): void {
    this.#state = 'closing_soon'
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    this.#state = 'committing'
    while (this.#waiting.isEnough || this.#acts.length > 0) {
      await this.#runActs()
      if (this.#waiting.isEnough) await this.#commit(this.#waiting.next(this.#strategy.choose))
      // Answers leave before the next batch is judged and signed work joins it.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#goOn('idle')
    this.#endIfAsked()
  }

  #endIfAsked(): void {
    if (this.#closing === undefined) return
    if (this.#state === 'recovering') {
      this.#refuse(this.#waiting.takeAll(), new StoreUnavailable('the server is stopping'))
      this.#end('given_up', this.#closing)
    } else if (this.#state === 'idle' && this.#waiting.isEmpty) this.#end('settled', this.#closing)
  }

  #end(end: QueueEnd, tell: (end: QueueEnd) => void): void {
    this.#state = 'closed'
    tell(end)
  }

  async #commit(works: readonly Work[]): Promise<void> {
    try {
      await this.#prepare(works)
    } catch (cause) {
      await this.#failed(works, undefined, cause as Error)
      return
    }
    const batch = new StagedBatch(this.live, this.generations, this.#recorder, this.#macs)
    const staged = this.#stage(works.filter(this.#isAskedFor), batch)
    const tried = staged.map(({ work }) => work)
    let again: readonly Work[]
    try {
      again = await this.#strategy.commit(batch, staged)
    } catch (cause) {
      await this.#failed(tried, batch, cause as Error)
      return
    }
    this.#settle(tried.filter(this.#isAskedFor), again)
  }

  /** Nothing is on its way to the store yet: a work whose time ends meanwhile is told so. */
  async #prepare(works: readonly Work[]): Promise<void> {
    const prepared = this.#strategy.prepare(works)
    if (prepared === undefined) return
    for (const work of works) this.#budget.hold(work)
    await prepared
    for (const work of works) this.#budget.release(work)
  }

  /** Judges the works, in the order of their ranks. Returns those that are in the batch, each with the slots that it changes. */
  #stage(works: readonly Work[], batch: StagedBatch): readonly StagedWork[] {
    const staged: StagedWork[] = []
    for (const work of RANKS.flatMap((rank) => works.filter((other) => other.rank === rank))) {
      const mark = work.rank === 'configure' ? batch.mark() : undefined
      try {
        const slots = batch.slotsPutInBy(() => {
          work.stage(batch)
        })
        staged.push({ work, slots })
      } catch (cause) {
        // A change of configuration that throws, by a fault of ours or since its actor may not act any more, fails alone
        // and leaves nothing of itself. A fault while a token is judged ends the process: nobody knows what is staged.
        if (mark === undefined) throw cause
        batch.rollBack(mark)
        this.#refuse([work], cause as Error)
      }
    }
    return staged
  }

  #settle(works: readonly Work[], again: readonly Work[]): void {
    for (const work of works) {
      if (again.includes(work)) continue
      this.#budget.release(work)
      work.settle()
    }
    if (again.length > 0) this.#stageAgain(works.filter((work) => again.includes(work)))
  }

  /** In the next batch, before whatever came meanwhile. */
  #stageAgain(works: readonly Work[]): void {
    const again: Work[] = []
    for (const work of works) {
      if (this.#budget.isWorthAnother(work)) again.push(work)
      else this.#refuse([work], new StoreUnavailable('the same was changed each time first'))
    }
    this.#waiting.addFirst(again)
  }

  /** `batch`: what was to be committed; undefined when it did not come as far as that. */
  async #failed(tried: readonly Work[], batch: StagedBatch | undefined, cause: Error): Promise<void> {
    const works = tried.filter(this.#isAskedFor)
    const kind = cause instanceof DiskFailure ? cause.kind : 'in_doubt'
    if (kind === 'statement') {
      this.#findWhose(works, cause)
      return
    }
    this.#state = 'recovering'
    const inDoubt = kind === 'in_doubt' ? batch : undefined
    const touched = inDoubt?.putInDoubt() ?? NOTHING
    this.#holdOrRefuse(works, inDoubt, cause)
    this.#endIfAsked()
    const { live } = this
    await recover(touched, { disk: this.#disk, live, reload: (of) => this.#strategy.reload(of) })
    this.#goOn('committing')
  }

  /** One of their statements was refused. Nothing is in doubt. */
  #findWhose(works: readonly Work[], cause: Error): void {
    if (works.length > 1) this.#waiting.tryAlone(works)
    else this.#refuse(works, cause)
  }

  /** The store failed, with these under way. `inDoubt`: their batch, if it may have been carried out all the same. */
  #holdOrRefuse(works: readonly Work[], inDoubt: StagedBatch | undefined, cause: Error): void {
    // A change of the configuration that may have been carried out is not tried twice: whoever made it can see.
    const isOver = inDoubt?.changes.isConfiguration === true
    if (isOver) this.#refuse(works, unavailable(cause))
    for (const work of [...(isOver ? [] : works), ...this.#waiting.takeAll()]) {
      if (this.#budget.hold(work)) this.#waiting.add(work)
      else this.#refuse([work], unavailable(cause))
    }
  }

  #refuse(works: readonly Work[], refusal: Error): void {
    for (const work of works) {
      this.#budget.release(work)
      work.fail(refusal)
    }
  }

  /** Its time is over, wherever it is: what became of it nobody is told. */
  #giveUp(work: Work): void {
    this.#waiting.remove(work)
    work.fail(new StoreUnavailable('the store did not answer in time'))
  }

  readonly #isAskedFor = (work: Work): boolean => !this.#budget.isGivenUp(work)

  /** Unless the end has come: a disk may answer again just when it was given up. */
  #goOn(state: 'idle' | 'committing'): void {
    if (this.#state !== 'closed') this.#state = state
  }
}
