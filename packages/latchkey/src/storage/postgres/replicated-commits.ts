// Commits the batches of one replica. Each batch names the versions that it assumed, and the database compares them.
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
  /** Called after each commit, with its milliseconds and its number of writes. */
  readonly timed: (milliseconds: number, commands: number) => void
  /** Called after each commit whose outcome is unknown. */
  readonly outcomeUnknown: () => void
}

/** After this many conflicts in a row, the next batch locks the configuration until it is committed. */
const MOST_CONFLICTS = 2

const NONE: readonly PendingCommit[] = []

export class ReplicatedCommits implements CommitStrategy {
  readonly #parts: ReplicatedCommitsParts
  /** The tokens that a commit with an unknown outcome may have put in their slots. */
  readonly #probes = new WeakMap<PendingCommit, readonly Probe[]>()
  /** True if another replica changed the configuration after the last batch was decided. */
  #isBehind = false
  /** The number of conflicts in a row. */
  #conflicts = 0
  /** Releases the lock on the configuration. Undefined while this replica does not have the lock. */
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

  /** Changes of the configuration and issuances take turns, because their transactions are of different kinds. */
  readonly choose = (waiting: readonly PendingCommit[]) => {
    const changes = waiting.filter(({ rank }) => rank === 'configure')
    return changes.length === 0
      ? { now: waiting, later: [] }
      : { now: changes, later: waiting.filter(({ rank }) => rank !== 'configure') }
  }

  /** Reads the change log before a change of the configuration, which may end tokens that other servers issued. */
  prepare(works: readonly PendingCommit[]): Promise<void> | undefined {
    const unknown = works.filter((work) => work.earlier === 'unknown' && this.#probes.has(work))
    const isChange = works.some(({ rank }) => rank === 'configure')
    if (!this.#isBehind && unknown.length === 0 && !isChange) return undefined
    return this.#prepare(unknown, isChange)
  }

  async commit(batch: StagedBatch, staged: readonly StagedCommit[]): Promise<readonly PendingCommit[]> {
    const { disk, state, timed } = this.#parts
    const begunAt = performance.now()
    // The version of the configuration by which the batch was decided.
    const { assumed } = state
    try {
      // Releases this replica's shared lock first, because the commit takes the lock exclusively and would wait for it.
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
      // The flag is reset first, because a failed attempt reloads memory and brings it up to date.
      this.#isBehind = false
      await this.#catchUp()
    }
    if (unknown.length > 0) await this.#probe(unknown)
    else if (isChange) await this.#current()
  }

  /**
   * Brings memory up to date. After several conflicts in a row it also locks the configuration, so that the next batch
   * has no conflict.
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
   * before the standby has it. So the function then sends a heartbeat: the heartbeat's commit is later in the
   * database's log and waits for the standby.
   */
  async #probe(works: readonly PendingCommit[]): Promise<void> {
    const { disk, state, lease } = this.#parts
    const probesOf = (work: PendingCommit): readonly Probe[] => this.#probes.get(work) ?? []
    const probes = works.flatMap(probesOf)
    // The slots are read first, so a write between the two reads is newer than the slots from the first read.
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

  /** Returns the commits that must be decided again. */
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
      // The statement of an earlier attempt may still arrive, so its token stays in the list.
      if (probes.length > 0) this.#probes.set(work, [...(this.#probes.get(work) ?? []), ...probes])
    }
  }
}

const isAnyIn = <Value>(values: readonly Value[], of: ReadonlySet<Value>): boolean =>
  values.some((value) => of.has(value))

const KNOWLEDGE: readonly EarlierAttempt[] = ['none', 'conflict', 'unknown', 'stored']

/** Records the result of an earlier attempt, unless a more precise result is recorded already. */
function recordAttempt(work: PendingCommit, earlier: EarlierAttempt): void {
  if (KNOWLEDGE.indexOf(earlier) > KNOWLEDGE.indexOf(work.earlier)) work.earlier = earlier
}

/** Returns the result. Undefined if the batch changes nothing that other replicas can change. */
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
