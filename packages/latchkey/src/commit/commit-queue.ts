// Group commit: all changes that arrived during one commit share the next commit.
//
//   idle → closing_soon         `enqueue`, `enqueueReserved`, `cancelReservation` or `betweenCommits`: enough commits are pending for a batch
//   closing_soon → committing   this turn of the event loop ends
//   committing → idle           `#run`: no commit is ready
//   committing → recovering     `#failed`: the strategy could not prepare memory, or could not commit
//   recovering → committing     `recover`: the disk answers again, and memory was loaded from it
//   idle → closed               `close`: the queue is empty (`settled`)
//   recovering → closed         `close`: the queue does not wait for the disk (`given_up`)
//
// The steps of one batch, in `#commit`: The strategy brings memory up to date. The batch closes: the queue decides about
// each pending commit and stages it. The strategy makes the batch durable, then visible. Each commit answers its caller,
// or is decided again in the next batch.
import { StoreUnavailable } from '../ports/store.ts'
import { type Disk, DiskFailure } from '../rows/disk.ts'
import type { Generations } from '../state/generations.ts'
import type { LiveState } from '../state/live-state.ts'
import type { CommitStrategy } from './commit-strategy.ts'
import { recover } from './recover.ts'
import { RetryBudget } from './retry-budget.ts'
import { StagedBatch, type StagedBatchParts, type Touched } from './staged-batch.ts'
import { CommitBacklog } from './commit-backlog.ts'
import { RANKS, type StagedCommit, type PendingCommit } from './pending-commit.ts'

/**
 * - `settled`: every commit is durable or refused.
 * - `given_up`: the disk accepts no writes, so the queue refused every commit that was not durable yet.
 */
export type QueueEnd = 'settled' | 'given_up'

const NOTHING: Touched = { clientIds: [], snapshots: [], windows: [] }

export interface CommitQueueParts extends StagedBatchParts {
  readonly disk: Disk
  readonly strategy: CommitStrategy
}

export class CommitQueue {
  readonly live: LiveState
  readonly generations: Generations
  readonly #disk: Disk
  readonly #strategy: CommitStrategy
  readonly #parts: StagedBatchParts
  readonly #backlog = new CommitBacklog()
  /**
   * The waiting acts: functions that `betweenCommits` received and that have not run yet. The promise of an act
   * resolves to false if the act failed.
   */
  readonly #acts: (() => Promise<boolean>)[] = []
  /** Resolves when the last started act has ended. Undefined while no act runs. */
  #lastAct: Promise<void> | undefined
  #state: 'idle' | 'closing_soon' | 'committing' | 'recovering' | 'closed' = 'idle'
  readonly #budget: RetryBudget
  /**
   * The commits whose retry budget runs only because the queue is bringing the memory up to date. Undefined at all
   * other times.
   */
  #held: PendingCommit[] | undefined
  #closing: ((end: QueueEnd) => void) | undefined

  constructor({ disk, strategy, ...parts }: CommitQueueParts) {
    this.live = parts.live
    this.generations = parts.generations
    this.#parts = parts
    this.#disk = disk
    this.#strategy = strategy
    this.#budget = new RetryBudget(strategy.retryBudget, (work) => {
      this.#giveUp(work)
    })
  }

  /**
   * Announces a commit that is still being prepared, so that the next batch may wait for it. The caller must later call
   * `enqueueReserved` or `cancelReservation`.
   */
  reserve(): void {
    this.#backlog.reserve()
  }

  /** Cancels the reservation of a commit whose preparation failed. */
  cancelReservation(): void {
    this.#backlog.endReservation()
    this.#closeSoon()
    this.#endIfAsked()
  }

  /** Adds a reserved commit to the next batch. */
  enqueueReserved(work: PendingCommit): void {
    this.#backlog.endReservation()
    this.enqueue(work)
  }

  /** Adds a commit to the next batch. Calls the commit's `fail` if the queue is closed or the store does not answer. */
  enqueue(work: PendingCommit): void {
    if (this.#state === 'closed') {
      work.fail(new StoreUnavailable('the server is stopping'))
      return
    }
    this.#budget.came(work)
    if (this.#state === 'recovering' && (this.#strategy.isLongGone() || !this.#budget.hold(work))) {
      work.fail(new StoreUnavailable('the store accepts no writes at present'))
      return
    }
    this.#backlog.add(work)
    if (this.#held !== undefined) this.#hold([work], this.#held)
    this.#closeSoon()
  }

  /**
   * Runs `act` when no commit and no reload after a failure is running, because `act` may then safely change the
   * in-memory state.
   */
  betweenCommits(act: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#acts.push(() => {
        const done = act()
        done.then(resolve, reject)
        return done.then(
          () => true,
          () => false,
        )
      })
      if (this.#state === 'idle') this.#runSoon()
      else if (this.#state === 'closed' || this.#state === 'recovering') void this.#runActs()
    })
  }

  /**
   * Closes the queue, which from then on refuses all new commits. Resolves when the queue is empty or gives up. The
   * caller may call `close` only once.
   */
  close(): Promise<QueueEnd> {
    return new Promise((resolve) => {
      this.#closing = resolve
      this.#endIfAsked()
    })
  }

  /** Runs all waiting acts. Resolves to false if an act failed. */
  #runActs(): Promise<boolean> {
    return this.#alone(async () => {
      let isSuccess = true
      for (const act of this.#acts.splice(0)) isSuccess = (await act()) && isSuccess
      return isSuccess
    })
  }

  /**
   * Runs `act` when every earlier act has ended. If two acts ran at the same time, a recovery could overwrite newer
   * records that the other act has just put in memory.
   */
  #alone<Value>(act: () => Promise<Value>): Promise<Value> {
    const done = this.#lastAct === undefined ? act() : this.#lastAct.then(act)
    const end = (): void => {
      if (this.#lastAct === last) this.#lastAct = undefined
    }
    const last = done.then(end, end)
    this.#lastAct = last
    return done
  }

  #closeSoon(): void {
    if (this.#state === 'idle' && this.#backlog.isEnough) this.#runSoon()
  }

  // Closes the batch at the end of this turn of the event loop. Requests that the server reads from its sockets in the
  // same turn then share a commit without waiting for a timer.
  #runSoon(): void {
    this.#state = 'closing_soon'
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    this.#state = 'committing'
    while (this.#backlog.isEnough || this.#acts.length > 0) {
      if (this.#acts.length > 0 || this.#lastAct !== undefined) await this.#beforeBatch(this.#runActs())
      if (this.#backlog.isEnough) await this.#commit(this.#backlog.next(this.#strategy.choose))
      // This pause lets the server send the answers of the last batch, and lets newly signed tokens join the next
      // batch.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#goOn('idle')
    this.#endIfAsked()
  }

  #endIfAsked(): void {
    if (this.#closing === undefined) return
    if (this.#state === 'recovering') {
      this.#refuse(this.#backlog.takeAll(), new StoreUnavailable('the server is stopping'))
      this.#end('given_up', this.#closing)
    } else if (this.#state === 'idle' && this.#backlog.isEmpty) this.#end('settled', this.#closing)
  }

  #end(end: QueueEnd, tell: (end: QueueEnd) => void): void {
    this.#state = 'closed'
    tell(end)
  }

  async #commit(works: readonly PendingCommit[]): Promise<void> {
    try {
      await this.#prepare(works)
    } catch (cause) {
      await this.#failed(works, undefined, cause as Error)
      return
    }
    const batch = new StagedBatch(this.#parts)
    const staged = this.#stage(works.filter(this.#isAskedFor), batch)
    const tried = staged.map(({ work }) => work)
    let again: readonly PendingCommit[]
    try {
      again = await this.#strategy.commit(batch, staged)
    } catch (cause) {
      await this.#failed(tried, batch, cause as Error)
      return
    }
    this.#settle(tried.filter(this.#isAskedFor), again)
  }

  /**
   * Brings the memory up to date for these commits. Refuses a commit whose retry budget ends before that is done. The
   * refusal is safe, because nothing was sent to the store yet.
   */
  async #prepare(works: readonly PendingCommit[]): Promise<void> {
    const prepared = this.#strategy.prepare(works)
    if (prepared === undefined) return
    for (const work of works) this.#budget.hold(work)
    await this.#beforeBatch(prepared.then(() => true))
    for (const work of works) this.#budget.release(work)
  }

  /**
   * Waits until the memory is up to date for the next batch. The retry budget of every pending commit runs during this
   * wait. If the store did not answer, the budget of a commit continues to run, because the commit must still wait for
   * the store.
   */
  async #beforeBatch(isUpToDate: Promise<boolean>): Promise<void> {
    const held: PendingCommit[] = []
    this.#held = held
    this.#hold(this.#backlog.all, held)
    try {
      if (await isUpToDate) for (const work of held) this.#budget.release(work)
    } finally {
      this.#held = undefined
    }
  }

  /** Starts the retry budgets of these commits. Adds to `held` those commits whose budget was not running yet. */
  #hold(works: readonly PendingCommit[], held: PendingCommit[]): void {
    for (const work of works) if (!this.#budget.isHeld(work) && this.#budget.hold(work)) held.push(work)
  }

  /**
   * Computes the changes of each commit and adds them to the batch, in the order of `RANKS`. Returns the staged commits,
   * each with the records that it changes.
   */
  #stage(works: readonly PendingCommit[], batch: StagedBatch): readonly StagedCommit[] {
    const staged: StagedCommit[] = []
    for (const work of RANKS.flatMap((rank) => works.filter((other) => other.rank === rank))) {
      const savepoint = work.rank === 'configure' ? batch.savepoint() : undefined
      try {
        const changed = batch.changedBy(() => {
          work.stage(batch)
        })
        staged.push({ work, ...changed })
      } catch (cause) {
        // If a change of configuration throws, only this change is rolled back and fails: its author lost the right to
        // make it, or the code has a bug. If the decision about a token throws, the process ends, because the state of
        // the batch is then unknown.
        if (savepoint === undefined) throw cause
        batch.rollBack(savepoint)
        this.#refuse([work], cause as Error)
      }
    }
    return staged
  }

  #settle(works: readonly PendingCommit[], again: readonly PendingCommit[]): void {
    for (const work of works) {
      if (again.includes(work)) continue
      this.#budget.release(work)
      work.settle()
    }
    if (again.length > 0) this.#stageAgain(works.filter((work) => again.includes(work)))
  }

  /** Puts the commits at the beginning of the next batch. Refuses a commit that has used up its attempts. */
  #stageAgain(works: readonly PendingCommit[]): void {
    const again: PendingCommit[] = []
    for (const work of works) {
      if (this.#budget.isWorthAnother(work)) again.push(work)
      else
        this.#refuse(
          [work],
          new StoreUnavailable('other changes of the same record were committed first at each attempt'),
        )
    }
    this.#backlog.addFirst(again)
  }

  /** Handles a failed batch. `batch` is undefined if the failure happened before the batch was made. */
  async #failed(tried: readonly PendingCommit[], batch: StagedBatch | undefined, cause: Error): Promise<void> {
    const works = tried.filter(this.#isAskedFor)
    const kind = cause instanceof DiskFailure ? cause.kind : 'outcome_unknown'
    if (kind !== 'outcome_unknown') batch?.notStored()
    if (kind === 'statement') {
      this.#findWhose(works, cause)
      return
    }
    this.#state = 'recovering'
    const unconfirmed = kind === 'outcome_unknown' ? batch : undefined
    const touched = unconfirmed?.markOutcomeUnknown() ?? NOTHING
    this.#holdOrRefuse(works, unconfirmed, cause)
    this.#endIfAsked()
    const { live } = this
    await recover(touched, { disk: this.#disk, live, reload: (of) => this.#alone(() => this.#strategy.reload(of)) })
    this.#goOn('committing')
  }

  /**
   * Handles a batch that the store refused because of one statement, without storing anything. Retries each commit
   * alone to find the faulty commit.
   */
  #findWhose(works: readonly PendingCommit[], cause: Error): void {
    if (works.length > 1) this.#backlog.retryIsolated(works)
    else this.#refuse(works, cause)
  }

  /**
   * Holds the commits of a failed batch for a retry, or refuses them. `unconfirmed` is the batch if the store may have
   * committed it.
   */
  #holdOrRefuse(works: readonly PendingCommit[], unconfirmed: StagedBatch | undefined, cause: Error): void {
    // A change of configuration with an unknown outcome is not retried, because the operator can look up whether the
    // change happened.
    const isOver = unconfirmed?.changes.isConfiguration === true
    if (isOver) this.#refuse(works, unavailable(cause))
    for (const work of [...(isOver ? [] : works), ...this.#backlog.takeAll()]) {
      if (this.#budget.hold(work)) this.#backlog.add(work)
      else this.#refuse([work], unavailable(cause))
    }
  }

  #refuse(works: readonly PendingCommit[], refusal: Error): void {
    for (const work of works) {
      this.#budget.release(work)
      work.fail(refusal)
    }
  }

  /**
   * Refuses a commit whose retry budget has ended, even if the store is just committing it. The caller never gets the
   * real outcome.
   */
  #giveUp(work: PendingCommit): void {
    this.#backlog.remove(work)
    work.fail(new StoreUnavailable('the store did not answer in time'))
  }

  readonly #isAskedFor = (work: PendingCommit): boolean => !this.#budget.isGivenUp(work)

  /** Changes the state unless the queue is closed, because the disk may answer after the queue has given up. */
  #goOn(state: 'idle' | 'committing'): void {
    if (this.#state !== 'closed') this.#state = state
  }
}

/** Returns the error with which a commit of a failed batch fails. */
const unavailable = (cause: Error): StoreUnavailable =>
  cause instanceof StoreUnavailable
    ? cause
    : new StoreUnavailable('the change could not be stored, or its outcome is unknown', { cause })
