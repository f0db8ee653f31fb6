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
 * - `given_up`: the disk accepts no writes, so the queue refused every commit that was not durable.
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
  /** Each resolves to false if it failed. */
  readonly #acts: (() => Promise<boolean>)[] = []
  /** Resolves when the last act has ended. Undefined while no act runs. */
  #lastAct: Promise<void> | undefined
  #state: 'idle' | 'closing_soon' | 'committing' | 'recovering' | 'closed' = 'idle'
  readonly #budget: RetryBudget
  /** The commits whose budget runs only because memory is brought up to date. Undefined at all other times. */
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
   * Counts a commit that is being prepared, so that the next batch waits for it. The caller must call `enqueueReserved`
   * or `cancelReservation` later.
   */
  reserve(): void {
    this.#backlog.reserve()
  }

  /** Ends the wait for a reserved commit whose preparation failed. */
  cancelReservation(): void {
    this.#backlog.endReservation()
    this.#closeSoon()
    this.#endIfAsked()
  }

  /** Adds the reserved commit to the next batch. */
  enqueueReserved(work: PendingCommit): void {
    this.#backlog.endReservation()
    this.enqueue(work)
  }

  /** Adds a commit to the next batch. Calls its `fail` if the queue is closed or the store does not answer. */
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

  /** Runs `act` between two commits and beside no recovery's reload, when changing the in-memory state is safe. */
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
   * Closes the queue, which then refuses all new commits. Resolves when the queue is empty or gives up. May be called
   * only once.
   */
  close(): Promise<QueueEnd> {
    return new Promise((resolve) => {
      this.#closing = resolve
      this.#endIfAsked()
    })
  }

  /** Resolves to false if an act failed. */
  #runActs(): Promise<boolean> {
    return this.#alone(async () => {
      let isSuccess = true
      for (const act of this.#acts.splice(0)) isSuccess = (await act()) && isSuccess
      return isSuccess
    })
  }

  /**
   * Runs `act` when every earlier act has ended. A recovery reads older records than an act that catches up beside it,
   * and would put them back into memory.
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

  // A commit that arrives in this turn of the event loop joins the batch. So requests that the server read from sockets
  // together share a commit, without a timer.
  #runSoon(): void {
    this.#state = 'closing_soon'
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    this.#state = 'committing'
    while (this.#backlog.isEnough || this.#acts.length > 0) {
      if (this.#acts.length > 0 || this.#lastAct !== undefined) await this.#beforeBatch(this.#runActs())
      if (this.#backlog.isEnough) await this.#commit(this.#backlog.next(this.#strategy.choose))
      // The pause lets the answers be sent first, and lets signed tokens join the next batch.
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
   * Brings memory up to date for these commits. A commit whose retry budget ends in this time is refused, because
   * nothing was sent to the store.
   */
  async #prepare(works: readonly PendingCommit[]): Promise<void> {
    const prepared = this.#strategy.prepare(works)
    if (prepared === undefined) return
    for (const work of works) this.#budget.hold(work)
    await this.#beforeBatch(prepared.then(() => true))
    for (const work of works) this.#budget.release(work)
  }

  /**
   * Waits until memory is up to date for the next batch. The retry budget of every pending commit runs in this wait. It
   * runs on if the store gave no answer, because the commit then waits for the store again in its batch.
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

  /** Starts the budgets of these commits, and adds those to `held` whose budget did not run yet. */
  #hold(works: readonly PendingCommit[], held: PendingCommit[]): void {
    for (const work of works) if (!this.#budget.isHeld(work) && this.#budget.hold(work)) held.push(work)
  }

  /**
   * Decides each commit and stages it, in the order of the ranks. Returns the staged commits with the slots that they
   * change.
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
        // If a change of configuration throws, only that change fails and is rolled back: its actor lost the right, or
        // the code has a bug. An error in the decision about a token ends the process, because the state of the batch
        // is then unknown.
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

  /** Puts the commits first in the next batch. */
  #stageAgain(works: readonly PendingCommit[]): void {
    const again: PendingCommit[] = []
    for (const work of works) {
      if (this.#budget.isWorthAnother(work)) again.push(work)
      else this.#refuse([work], new StoreUnavailable('another change of the same record came first each time'))
    }
    this.#backlog.addFirst(again)
  }

  /** Handles a failed commit. `batch` is undefined if the failure came before the batch was made. */
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
   * The store refused one statement of the batch and changed nothing. The queue retries each commit alone, to find the
   * faulty one.
   */
  #findWhose(works: readonly PendingCommit[], cause: Error): void {
    if (works.length > 1) this.#backlog.retryIsolated(works)
    else this.#refuse(works, cause)
  }

  /** Holds or refuses the commits of a failed batch. `unconfirmed` is the batch if the store may have committed it. */
  #holdOrRefuse(works: readonly PendingCommit[], unconfirmed: StagedBatch | undefined, cause: Error): void {
    // A change of configuration with an unknown outcome is not retried, because the operator can look up whether it
    // happened.
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
   * Refuses commits whose retry budget has ended, even while the store commits them. Their callers never get the
   * outcome.
   */
  #giveUp(work: PendingCommit): void {
    this.#backlog.remove(work)
    work.fail(new StoreUnavailable('the store did not answer in time'))
  }

  readonly #isAskedFor = (work: PendingCommit): boolean => !this.#budget.isGivenUp(work)

  /** Changes the state unless the queue is closed. The disk may answer just after the queue gave up. */
  #goOn(state: 'idle' | 'committing'): void {
    if (this.#state !== 'closed') this.#state = state
  }
}

/** Returns the error that callers get for a failed commit. */
const unavailable = (cause: Error): StoreUnavailable =>
  cause instanceof StoreUnavailable
    ? cause
    : new StoreUnavailable('the change could not be stored, or its outcome is unknown', { cause })
