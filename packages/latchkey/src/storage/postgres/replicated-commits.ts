// How one of several servers commits: what a batch assumed is stated with it, and the database judges that.
import type { CommitStrategy } from '../../commit/commit-strategy.ts'
import type { StagedBatch, Touched } from '../../commit/staged-batch.ts'
import type { StagedWork, Work } from '../../commit/work.ts'
import type { EarlierAttempt } from '../../domain/earlier-attempt.ts'
import { DiskFailure } from '../../rows/disk.ts'
import { number } from '../../rows/rows.ts'
import type { Lease } from './lease.ts'
import type { CommitVerdict, KnownVersion, Probe } from './answers.ts'
import { cannotSay, type PostgresDisk, wrongPrimary } from './postgres-disk.ts'
import type { ReplicatedState } from './replicated-state.ts'

export interface ReplicatedCommitsParts {
  readonly disk: PostgresDisk
  readonly state: ReplicatedState
  readonly lease: Lease
  readonly reload: CommitStrategy['reload']
  /** Told how many milliseconds each commit took. */
  readonly timed: (milliseconds: number, commands: number) => void
  /** Told of each commit whose answer never came. */
  readonly outcomeUnknown: () => void
}

/** After so many overtaken batches in a row, the next one holds the configuration until it is committed. */
const MOST_CONFLICTS = 2

const NONE: readonly Work[] = []

export class ReplicatedCommits implements CommitStrategy {
  readonly #parts: ReplicatedCommitsParts
  /** Of issuances whose commit got no answer: the tokens that it may have put in their slots. */
  readonly #probes = new WeakMap<Work, readonly Probe[]>()
  /** Others changed the configuration since the last batch was judged. */
  #isBehind = false
  /** Batches in a row that others came before. */
  #conflicts = 0
  /** Releases the configuration. */
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

  /** Changes of the configuration have a transaction of another kind: they and the issuances take turns. */
  readonly choose = (waiting: readonly Work[]) => {
    const changes = waiting.filter(({ rank }) => rank === 'configure')
    return changes.length === 0
      ? { now: waiting, later: [] }
      : { now: changes, later: waiting.filter(({ rank }) => rank !== 'configure') }
  }

  // A change of the configuration may end tokens that other servers issued: their changes are read first.
  prepare(works: readonly Work[]): Promise<void> | undefined {
    const unknown = works.filter((work) => work.earlier === 'unknown' && this.#probes.has(work))
    const isChange = works.some(({ rank }) => rank === 'configure')
    if (!this.#isBehind && unknown.length === 0 && !isChange) return undefined
    return this.#prepare(unknown, isChange)
  }

  async commit(batch: StagedBatch, staged: readonly StagedWork[]): Promise<readonly Work[]> {
    const { disk, state, timed } = this.#parts
    const begunAt = performance.now()
    // What the batch was judged with, whatever is read until it is sent.
    const { assumed } = state
    try {
      // Our own exclusive lock would wait for the shared one that we hold.
      if (batch.changes.isConfiguration) await this.#letGo()
      const verdict = await commitTo(disk, batch, assumed)
      if (verdict !== undefined) return this.#take(verdict, batch, staged)
      this.#conflicts = 0
      batch.publish()
      return NONE
    } catch (cause) {
      if (!(cause instanceof DiskFailure) || cause.kind === 'in_doubt') this.#noteOutcomeUnknown(batch, staged)
      if (cause instanceof DiskFailure && cause.kind === 'in_doubt') this.#parts.outcomeUnknown()
      throw cause
    } finally {
      void this.#letGo()
      timed(performance.now() - begunAt, batch.writes.length)
    }
  }

  reload(touched: Touched): Promise<void> {
    return this.#parts.reload(touched)
  }

  async #prepare(unknown: readonly Work[], isChange: boolean): Promise<void> {
    if (this.#isBehind) {
      // A failure is followed by a reload, which brings memory up to date as well.
      this.#isBehind = false
      await this.#catchUp()
    }
    if (unknown.length > 0) await this.#probe(unknown)
    else if (isChange) await this.#current()
  }

  /**
   * Where others change the configuration all the time, a batch would come too late each time: after some it comes
   * first.
   */
  async #catchUp(): Promise<void> {
    try {
      if (++this.#conflicts > MOST_CONFLICTS) this.#held ??= await this.#parts.disk.holdForCommits()
      await this.#parts.state.catchUp()
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

  async #current(): Promise<void> {
    const { state } = this.#parts
    if (state.isOlderThan(await state.readChanges())) await state.catchUp()
  }

  /**
   * What became of commits without an answer. A commit can be seen before a standby has it, where its wait was cut
   * short.
   * So a beat follows: its own commit stands behind in the log, and is waited for.
   */
  async #probe(works: readonly Work[]): Promise<void> {
    const { disk, state, lease } = this.#parts
    const probesOf = (work: Work): readonly Probe[] => this.#probes.get(work) ?? []
    const probes = works.flatMap(probesOf)
    // The slots first: who came between the two questions came after what the first one saw.
    const clientIds = [...new Set(probes.map(({ clientId }) => clientId))]
    const read = await disk.freshRead(clientIds, state.assumed.configuration)
    const { confirmed, ...server } = await disk.probe(probes)
    await lease.renew()
    if (read.misplaced || !lease.covers(read) || !lease.covers(server)) {
      disk.leaveOldPrimary()
      throw cannotSay()
    }
    if (state.isOlderThan(read)) await state.catchUp()
    state.putSlots(read.slots)
    for (const work of works) if (probesOf(work).some(({ jti }) => confirmed.includes(jti))) learn(work, 'stored')
  }

  /** Returns the works that must be judged again. */
  #take(verdict: CommitVerdict, batch: StagedBatch, staged: readonly StagedWork[]): readonly Work[] {
    const { state } = this.#parts
    switch (verdict.verdict) {
      case 'elsewhere':
        throw wrongPrimary()
      case 'overtaken':
        this.#isBehind = true
        return staged.map(({ work }) => work)
      case 'done': {
        this.#conflicts = 0
        if (verdict.configuration !== undefined) state.committed(verdict.configuration)
        const { lost = [], moved: rebased = [] } = verdict
        const lostSlots = new Set(lost.map((row) => number(row, 'id')))
        batch.publish(lostSlots)
        state.putSlots([...lost, ...rebased])
        const losers = staged.filter(({ slots }) => [...slots].some((id) => lostSlots.has(id))).map(({ work }) => work)
        for (const work of losers) learn(work, 'lost')
        return losers
      }
    }
  }

  #noteOutcomeUnknown(batch: StagedBatch, staged: readonly StagedWork[]): void {
    const { slots: changed } = batch.changes
    for (const { work, slots } of staged) {
      learn(work, 'unknown')
      if (work.rank !== 'issue') continue
      const probes = changed.flatMap(({ clientId, slot: { id, live } }) =>
        slots.has(id) && live !== undefined ? [{ clientId, slotId: id, jti: live.jti }] : [],
      )
      if (probes.length > 0) this.#probes.set(work, probes)
    }
  }
}

const KNOWLEDGE: readonly EarlierAttempt[] = ['none', 'lost', 'unknown', 'stored']

/** What is known already is not forgotten. */
function learn(work: Work, earlier: EarlierAttempt): void {
  if (KNOWLEDGE.indexOf(earlier) > KNOWLEDGE.indexOf(work.earlier)) work.earlier = earlier
}

/** Undefined if no other replica can change the records of the batch. */
async function commitTo(
  disk: PostgresDisk,
  batch: StagedBatch,
  assumed: KnownVersion,
): Promise<CommitVerdict | undefined> {
  const { changes } = batch
  const writes = batch.durableWrites()
  if (changes.isConfiguration) return disk.commitConfiguration(assumed.configuration, changes, writes)
  if (changes.slots.length > 0) return disk.commitSlots(assumed, changes.slots, writes)
  if (writes.length > 0) await disk.commit(writes)
  return undefined
}
