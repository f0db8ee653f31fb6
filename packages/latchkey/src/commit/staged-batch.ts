// A batch before its commit: the committed state, the staged changes on top of it, and the writes that make the changes
// durable.
import type { AuditRecord } from '../domain/audit-event.ts'
import type { IntegrationState } from '../domain/integration.ts'
import { EMPTY_WINDOW, type ReplayWindow } from '../domain/replay-window.ts'
import type { EpochSeconds, Generation, Slot } from '../domain/slot.ts'
import type { Write } from '../rows/disk.ts'
import type { AuditBatch } from '../state/audit-log.ts'
import type { Snapshot, SnapshotName } from '../state/snapshot.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { slotInsert, slotUpdate, tokensUpdate } from '../rows/rows.ts'
import type { Generations } from '../state/generations.ts'
import type { LiveState } from '../state/live-state.ts'
import type { ReplayWindows } from '../state/replay-windows.ts'

/** Adds audit records to a batch. */
export interface Recorder {
  stage(batch: AuditBatch, record: AuditRecord): void
  headWrites(batch: AuditBatch): readonly Write[]
}

/** The records whose outcome is unknown after a failed batch. They are read again when the disk answers. */
export interface Touched {
  readonly clientIds: readonly string[]
  readonly snapshots: readonly Snapshot<unknown>[]
  /** The client IDs whose replay windows the batch changed. */
  readonly windows: readonly string[]
}

/** A slot that the batch changes, and the generation by which its change was decided. */
export interface ChangedSlot {
  readonly clientId: string
  readonly slot: Slot
  readonly expected: Generation
}

/** A replay window that the batch changes, and the version by which its change was decided. */
export interface ChangedWindow {
  readonly clientId: string
  readonly window: ReplayWindow
  readonly expected: number
}

/** What one commit of a batch changes. Short arrays instead of sets, because there is one of each for every token. */
export interface ChangedBy {
  /** The ids of the slots that the commit puts. */
  readonly slots: readonly number[]
  /** The client IDs whose replay windows the commit puts. */
  readonly windows: readonly string[]
  /** The ids of the slots by which the commit was decided. An earlier commit of the batch may have changed them. */
  readonly decidedBy: readonly number[]
}

/** The changes of a batch that were not committed, although the rest of the batch is durable. */
interface LostChanges {
  readonly slots: ReadonlySet<number>
  readonly windows: ReadonlySet<string>
}

/** The changes of a batch, in the form that a store with several writers needs. */
export interface BatchChanges {
  /** True if the batch changes a record on which decisions depend, other than a token. */
  readonly isConfiguration: boolean
  /** The changed slots that existed before the batch and exist after it. */
  readonly slots: readonly ChangedSlot[]
  readonly windows: readonly ChangedWindow[]
  /** The created and changed integrations. */
  readonly clientIds: readonly string[]
  readonly removed: readonly string[]
  readonly parts: readonly SnapshotName[]
}

export interface Savepoint {
  readonly writes: number
  readonly staged: Map<string, IntegrationState | undefined>
  readonly slots: Map<number, Slot>
  readonly reconfigured: Set<string>
  readonly snapshots: Map<Snapshot<unknown>, unknown>
  readonly onCommitted: (() => void)[]
}

interface StagedWindow {
  window: ReplayWindow
  /** The version before the batch. */
  readonly expected: number
  /** Called with true once the store has committed the window, and with false if nothing was stored. */
  readonly settled: ((isRecorded: boolean) => void)[]
}

const NOTHING_LOST: LostChanges = { slots: new Set(), windows: new Set() }

const nothingTouched = (): { slots: number[]; windows: string[]; decidedBy: number[] } => ({
  slots: [],
  windows: [],
  decidedBy: [],
})

export interface StagedBatchParts {
  readonly live: LiveState
  readonly windows: ReplayWindows
  readonly generations: Generations
  readonly recorder: Recorder
  readonly macs: RowMacs
}

export class StagedBatch {
  /** All staged writes except the end of the audit chain. */
  readonly writes: Write[] = []
  #touched = nothingTouched()
  readonly #live: LiveState
  readonly #windows: ReplayWindows
  readonly #generations: Generations
  readonly #recorder: Recorder
  readonly #macs: RowMacs
  #staged = new Map<string, IntegrationState | undefined>()
  #slots = new Map<number, Slot>()
  #reconfigured = new Set<string>()
  #snapshots = new Map<Snapshot<unknown>, unknown>()
  readonly #stagedWindows = new Map<string, StagedWindow>()
  readonly #begunWindows = new Set<string>()
  #onCommitted: (() => void)[] = []

  constructor({ live, windows, generations, recorder, macs }: StagedBatchParts) {
    this.#live = live
    this.#windows = windows
    this.#generations = generations
    this.#recorder = recorder
    this.#macs = macs
  }

  /** Returns the integration with the staged changes. */
  state(clientId: string): IntegrationState | undefined {
    return this.#staged.has(clientId) ? this.#staged.get(clientId) : this.#live.committed(clientId)
  }

  /** Returns every integration with the staged changes. */
  *states(): Generator<readonly [clientId: string, state: IntegrationState]> {
    for (const [clientId, state] of this.#live.entries()) {
      if (!this.#staged.has(clientId)) yield [clientId, state]
    }
    for (const [clientId, state] of this.#staged) if (state !== undefined) yield [clientId, state]
  }

  /**
   * Stages the tokens of one slot, and no other change of its integration. `writes` come after the write of the slot.
   */
  putSlot(clientId: string, slot: Slot, ...writes: readonly Write[]): void {
    const state = this.state(clientId)
    if (state === undefined) return
    const slots = state.slots.map((other) => (other.id === slot.id ? slot : other))
    this.#staged.set(clientId, { integration: state.integration, slots })
    this.#slots.set(slot.id, slot)
    this.#touched.slots.push(slot.id)
    this.writes.push(tokensUpdate(slot, this.#macs.ofSlot(clientId, slot)), ...writes)
  }

  /** Returns the replay window of a client with the staged uses. */
  window(clientId: string): ReplayWindow {
    return this.#stagedWindows.get(clientId)?.window ?? this.#windows.of(clientId)
  }

  /** The last moment at which the store may have lost uses of assertions. 0 if it never did. */
  get usesLostUntil(): EpochSeconds {
    return this.#windows.lostUntil
  }

  /**
   * Stages an empty replay window for a client that has none. `since`: the last moment at which the client may have used
   * assertions that are forgotten. 0 if there was none.
   */
  beginWindow(clientId: string, since: EpochSeconds = 0): void {
    if (this.#windows.has(clientId)) return
    // A server that has not read this row commits as if its version were 0. With version 1 such a commit is rejected,
    // and the server reads `since` first.
    const version = since === 0 ? 0 : 1
    this.#begunWindows.add(clientId)
    this.writes.push(['insert_replay_window', clientId, version, since])
    this.onCommitted(() => {
      this.#windows.put(clientId, { ...EMPTY_WINDOW, version, since })
    })
  }

  /** Stages a replay window. Calls `settled` with true once it is durable, and with false if nothing was stored. */
  putWindow(clientId: string, window: ReplayWindow, settled: (isRecorded: boolean) => void): void {
    const staged = this.#stagedWindows.get(clientId)
    if (staged === undefined) {
      const expected = this.#windows.of(clientId).version
      this.#stagedWindows.set(clientId, { window, expected, settled: [settled] })
    } else {
      staged.window = window
      staged.settled.push(settled)
    }
    this.#touched.windows.push(clientId)
  }

  /**
   * Notes that the running decision depends on this slot. If the store rejects this batch's change of the slot, the
   * decision is made again, even if the decision itself changes nothing.
   */
  decideBy(slotId: number): void {
    this.#touched.decidedBy.push(slotId)
  }

  /**
   * Runs `act`. Returns what `act` stages with `putSlot` and `putWindow`, and the slots on which its decision depends.
   */
  changedBy(act: () => void): ChangedBy {
    const touched = (this.#touched = nothingTouched())
    act()
    return touched
  }

  /** Stages an integration. Undefined removes the integration. Adds the writes of new and changed slots to `writes`. */
  putState(clientId: string, state: IntegrationState | undefined, writes: readonly Write[]): void {
    const before = this.state(clientId)?.slots ?? []
    this.#staged.set(clientId, state)
    this.#reconfigured.add(clientId)
    this.writes.push(...writes)
    if (state === undefined) return
    for (const slot of state.slots) {
      this.#slots.set(slot.id, slot)
      const known = before.find(({ id }) => id === slot.id)
      const mac = this.#macs.ofSlot(clientId, slot)
      if (known === undefined) this.writes.push(slotInsert(clientId, slot, mac))
      else if (known !== slot) this.writes.push(slotUpdate(slot, mac))
    }
    this.seal('integration', state)
  }

  /** Adds the write of a row's MAC. Call it after the write that inserts or changes the row. */
  seal(...sealed: Parameters<RowMacs['write']>): void {
    this.writes.push(this.#macs.write(...sealed))
  }

  /** Returns the value of the snapshot with the changes that this batch has staged so far. */
  get<Value>(snapshot: Snapshot<Value>): Value {
    return this.#snapshots.has(snapshot) ? (this.#snapshots.get(snapshot) as Value) : snapshot.value
  }

  /** Returns true if this batch has staged a value for the snapshot. */
  isChanged(snapshot: Snapshot<unknown>): boolean {
    return this.#snapshots.has(snapshot)
  }

  put<Value>(snapshot: Snapshot<Value>, value: Value, ...writes: readonly Write[]): void {
    this.#snapshots.set(snapshot, value)
    this.writes.push(...writes)
  }

  /** Stages an audit event. The event is durable if and only if the batch is. */
  record(record: AuditRecord): void {
    this.#recorder.stage(this, record)
  }

  /** Returns a savepoint: the changes that are staged so far. */
  savepoint(): Savepoint {
    return {
      writes: this.writes.length,
      staged: new Map(this.#staged),
      slots: new Map(this.#slots),
      reconfigured: new Set(this.#reconfigured),
      snapshots: new Map(this.#snapshots),
      onCommitted: [...this.#onCommitted],
    }
  }

  /** Removes all changes that were staged since the savepoint. */
  rollBack(savepoint: Savepoint): void {
    this.writes.length = savepoint.writes
    this.#staged = savepoint.staged
    this.#slots = savepoint.slots
    this.#reconfigured = savepoint.reconfigured
    this.#snapshots = savepoint.snapshots
    this.#onCommitted = savepoint.onCommitted
  }

  /** Returns the writes that make the batch durable. Empty if the batch changes nothing. */
  durableWrites(): readonly Write[] {
    const windows = this.#stagedWindows.size === 0 ? [] : this.changes.windows
    return [...this.writes, ...windows.map(windowWrite), ...this.#recorder.headWrites(this)]
  }

  get changes(): BatchChanges {
    const staged = [...this.#staged]
    return {
      isConfiguration: this.#reconfigured.size + this.#snapshots.size > 0,
      slots: staged.flatMap(([clientId, state]) => this.#changedSlots(clientId, state)),
      windows: [...this.#stagedWindows].map(([clientId, { window, expected }]) => ({ clientId, window, expected })),
      clientIds: staged.flatMap(([clientId, state]) =>
        state !== undefined && this.#reconfigured.has(clientId) ? [clientId] : [],
      ),
      removed: staged.flatMap(([clientId, state]) => (state === undefined ? [clientId] : [])),
      parts: [...this.#snapshots.keys()].map(({ name }) => name),
    }
  }

  #changedSlots(clientId: string, state: IntegrationState | undefined): readonly ChangedSlot[] {
    const before = this.#live.committed(clientId)?.slots ?? []
    return (state?.slots ?? []).flatMap((slot) => {
      const known = before.find(({ id }) => id === slot.id)
      return known === undefined || known === slot ? [] : [{ clientId, slot, expected: known.generation }]
    })
  }

  /** Runs once the batch is durable and visible. */
  onCommitted(act: () => void): void {
    this.#onCommitted.push(act)
  }

  /**
   * Applies the durable batch to memory, in one turn of the event loop. The `lost` changes are left out, because they are
   * not durable.
   */
  publish(lost = NOTHING_LOST): void {
    for (const [clientId, state] of this.#staged) {
      if (state === undefined) this.#windows.put(clientId, undefined)
      if (this.#reconfigured.has(clientId)) this.#live.put(clientId, state)
      else
        for (const { slot } of this.#changedSlots(clientId, state))
          if (!lost.slots.has(slot.id)) this.#live.putSlot(clientId, slot)
    }
    for (const slot of this.#slots.values()) this.#generations.committed(slot)
    for (const [snapshot, value] of this.#snapshots) snapshot.publish(value)
    for (const [clientId, { window, settled }] of this.#stagedWindows) {
      const isRecorded = !lost.windows.has(clientId)
      if (isRecorded) this.#windows.put(clientId, window)
      for (const tell of settled) tell(isRecorded)
    }
    for (const act of this.#onCommitted) act()
  }

  /** Call it if the store refused the batch and changed nothing. */
  notStored(): void {
    for (const { settled } of this.#stagedWindows.values()) for (const tell of settled) tell(false)
  }

  /** Marks the records of the batch, because the outcome of its commit is unknown. */
  markOutcomeUnknown(): Touched {
    this.#live.markOutcomeUnknown(this.#reconfigured, this.#slots.keys())
    return {
      clientIds: [...this.#staged.keys()],
      snapshots: [...this.#snapshots.keys()],
      windows: [...this.#stagedWindows.keys(), ...this.#begunWindows],
    }
  }
}

const windowWrite = ({ clientId, window: { version, watermark, entries } }: ChangedWindow): Write => [
  'put_replay_window',
  version,
  watermark,
  entries,
  clientId,
]
