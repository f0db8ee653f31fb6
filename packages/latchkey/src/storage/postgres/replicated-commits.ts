// Commits the batches of one replica. Each batch names the versions on which its decisions are based, and the database
// compares these versions with the present versions.
import type { CommitStrategy } from '../../commit/commit-strategy.ts'
import type { StagedBatch, Touched } from '../../commit/staged-batch.ts'
import type { StagedCommit, PendingCommit } from '../../commit/pending-commit.ts'
import type { EarlierAttempt } from '../../domain/earlier-attempt.ts'
import { DiskFailure } from '../../rows/disk.ts'
import { number, text } from '../../rows/rows.ts'
import type { Lease } from './lease.ts'
import type { CommitVerdict, KnownVersion, Probe } from './answers.ts'
import { databaseUnavailable, type PostgresDisk, wrongPrimary } from './postgres-disk.ts'
import type { ReplicatedState } from './replicated-state.ts'

export interface ReplicatedCommitsParts {
  readonly disk: PostgresDisk
  readonly state: ReplicatedState
  readonly lease: Lease
  readonly reload: CommitStrategy['reload']
  /** Called after each commit with its duration in milliseconds and its number of writes. */
  readonly timed: (milliseconds: number, commands: number) => void
  /** Called after each commit whose outcome is unknown. */
  readonly outcomeUnknown: () => void
}

/**
 * The number of consecutive conflicts after which the replica locks the configuration until the next batch is
 * committed.
 */
const MOST_CONFLICTS = 2

const NONE: readonly PendingCommit[] = []

export class ReplicatedCommits implements CommitStrategy {
  readonly #parts: ReplicatedCommitsParts
  /** For each commit with an unknown outcome, the tokens that the commit may have put in their slots. */
  readonly #probes = new WeakMap<PendingCommit, readonly Probe[]>()
  /** True if another replica has changed the configuration since the last batch was decided. */
  #isBehind = false
  /** The number of consecutive conflicts. */
  #conflicts = 0
  /** The function that releases the lock on the configuration. Undefined if this replica does not have the lock. */
  #held: (() => Promise<void>) | undefined

  constructor(parts: ReplicatedCommitsParts) {
    this.#parts = parts
  }

  get retryBudget(): number {
    return this.#parts.disk.deadlines.retryBudget
  }

  isLongGone(): boolean {
    return this.#parts.lease.isAway
  }

  /**
   * Chooses the changes of the configuration if any are waiting. Otherwise chooses all waiting commits. The two kinds
   * need different kinds of transactions.
   */
  readonly choose = (waiting: readonly PendingCommit[]) => {
    const changes = waiting.filter(({ rank }) => rank === 'configure')
    return changes.length === 0
      ? { now: waiting, later: [] }
      : { now: changes, later: waiting.filter(({ rank }) => rank !== 'configure') }
  }

  /**
   * Brings the memory up to date. Before a change of the configuration, this method also reads the change log, because
   * the change may end tokens that other replicas have issued.
   */
  prepare(works: readonly PendingCommit[]): Promise<void> | undefined {
    const unknown = works.filter((work) => work.earlier === 'unknown' && this.#probes.has(work))
    const isChange = works.some(({ rank }) => rank === 'configure')
    if (!this.#isBehind && unknown.length === 0 && !isChange) return undefined
    return this.#prepare(unknown, isChange)
  }

  async commit(batch: StagedBatch, staged: readonly StagedCommit[]): Promise<readonly PendingCommit[]> {
    const { disk, state, timed } = this.#parts
    const begunAt = performance.now()
    // The version of the configuration on which the decisions of the batch are based.
    const { assumed } = state
    try {
      // The commit takes the lock exclusively, so it would wait for the shared lock of this replica.
      if (batch.changes.isConfiguration) await this.#releaseConfiguration()
      const verdict = await commitTo(disk, batch, assumed)
      if (verdict !== undefined) return this.#take(verdict, batch, staged)
      this.#conflicts = 0
      batch.publish()
      return NONE
    } catch (cause) {
      if (!(cause instanceof DiskFailure) || cause.kind === 'outcome_unknown') this.#noteOutcomeUnknown(batch, staged)
      if (cause instanceof DiskFailure && cause.kind === 'outcome_unknown') this.#parts.outcomeUnknown()
      throw cause
    } finally {
      void this.#releaseConfiguration()
      timed(performance.now() - begunAt, batch.writes.length)
    }
  }

  reload(touched: Touched): Promise<void> {
    return this.#parts.reload(touched)
  }

  async #prepare(unknown: readonly PendingCommit[], isChange: boolean): Promise<void> {
    if (this.#isBehind) {
      // The flag is reset before the attempt, because a failed attempt reloads the memory, and the memory is then up to
      // date anyway.
      this.#isBehind = false
      await this.#catchUp()
    }
    if (unknown.length > 0) await this.#probe(unknown)
    else if (isChange) await this.#current()
  }

  /**
   * Brings the memory up to date. After several consecutive conflicts, also locks the configuration, so that the next
   * batch has no conflict.
   */
  async #catchUp(): Promise<void> {
    try {
      if (++this.#conflicts > MOST_CONFLICTS) this.#held ??= await this.#parts.disk.holdForCommits()
      await this.#parts.state.catchUp()
    } catch (cause) {
      await this.#releaseConfiguration()
      throw cause
    }
  }

  async #releaseConfiguration(): Promise<void> {
    const release = this.#held
    this.#held = undefined
    await release?.()
  }

  async #current(): Promise<void> {
    const { state } = this.#parts
    if (state.isOlderThan(await state.readChanges())) await state.catchUp()
  }

  /**
   * Finds out which of these issuances were stored. If the wait for the standby was cancelled, a commit is visible
   * although the standby may not have it. So this method also commits a heartbeat. The heartbeat is later in the log of
   * the database, so when the heartbeat is durable on the standby, the earlier commits are durable there too.
   */
  async #probe(works: readonly PendingCommit[]): Promise<void> {
    const { disk, state, lease } = this.#parts
    const probesOf = (work: PendingCommit): readonly Probe[] => this.#probes.get(work) ?? []
    const probes = works.flatMap(probesOf)
    // Reads the slots before the histories, so that a write between the two reads is newer than the slots in memory and
    // causes a conflict.
    const clientIds = [...new Set(probes.map(({ clientId }) => clientId))]
    const read = await disk.freshRead(clientIds, state.assumed.configuration)
    const { confirmed, ...server } = await disk.probe(probes)
    await lease.renew()
    if (read.misplaced || !lease.covers(read) || !lease.covers(server)) {
      disk.leaveOldPrimary()
      throw databaseUnavailable()
    }
    if (state.isOlderThan(read)) await state.catchUp()
    state.putSlots(read.slots)
    const stored = works.filter((work) => probesOf(work).some(({ jti }) => confirmed.includes(jti)))
    for (const work of stored) recordAttempt(work, 'stored')
  }

  /** Applies the result of a commit. Returns the commits that must be decided again. */
  #take(verdict: CommitVerdict, batch: StagedBatch, staged: readonly StagedCommit[]): readonly PendingCommit[] {
    const { state } = this.#parts
    switch (verdict.verdict) {
      case 'elsewhere':
        throw wrongPrimary()
      case 'overtaken':
        batch.notStored()
        this.#isBehind = true
        return staged.map(({ work }) => work)
      case 'done': {
        this.#conflicts = 0
        if (verdict.configuration !== undefined) state.committed(verdict.configuration)
        const { lost = [], moved: rebased = [], lost_windows: lostWindows = [] } = verdict
        const lostSlots = new Set(lost.map((row) => number(row, 'id')))
        const lostClients = new Set(lostWindows.map((row) => text(row, 'client_id')))
        batch.publish({ slots: lostSlots, windows: lostClients })
        state.putSlots([...lost, ...rebased])
        state.putWindows(lostWindows)
        const losers = staged
          .filter(({ decidedBy, windows }) => isAnyIn(decidedBy, lostSlots) || isAnyIn(windows, lostClients))
          .map(({ work }) => work)
        for (const work of losers) recordAttempt(work, 'conflict')
        return losers
      }
    }
  }

  #noteOutcomeUnknown(batch: StagedBatch, staged: readonly StagedCommit[]): void {
    const { slots: changed } = batch.changes
    for (const { work, slots } of staged) {
      recordAttempt(work, 'unknown')
      if (work.rank !== 'issue') continue
      const probes = changed.flatMap(({ clientId, slot: { id, live } }) =>
        slots.includes(id) && live !== undefined ? [{ clientId, slotId: id, jti: live.jti }] : [],
      )
      // The statement of an earlier attempt may still arrive at the database, so the tokens of that attempt stay in the
      // list.
      if (probes.length > 0) this.#probes.set(work, [...(this.#probes.get(work) ?? []), ...probes])
    }
  }
}

const isAnyIn = <Value>(values: readonly Value[], of: ReadonlySet<Value>): boolean =>
  values.some((value) => of.has(value))

const KNOWLEDGE: readonly EarlierAttempt[] = ['none', 'conflict', 'unknown', 'stored']

/** Records the result of an attempt, unless a result later in the list `KNOWLEDGE` is already recorded. */
function recordAttempt(work: PendingCommit, earlier: EarlierAttempt): void {
  if (KNOWLEDGE.indexOf(earlier) > KNOWLEDGE.indexOf(work.earlier)) work.earlier = earlier
}

/**
 * Commits the batch, and returns the verdict of the database. Returns undefined if the batch changes only records that
 * cannot conflict.
 */
async function commitTo(
  disk: PostgresDisk,
  batch: StagedBatch,
  assumed: KnownVersion,
): Promise<CommitVerdict | undefined> {
  const { changes } = batch
  const writes = batch.durableWrites()
  if (changes.isConfiguration) return disk.commitConfiguration(assumed.configuration, changes, writes)
  if (changes.windows.length > 0) return disk.commitSlotsAndWindows(assumed, changes, writes)
  if (changes.slots.length > 0) return disk.commitSlots(assumed, changes.slots, writes)
  if (writes.length > 0) await disk.commit(writes)
  return undefined
}
