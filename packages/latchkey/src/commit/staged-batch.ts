// A batch before its commit: the staged changes on top of the committed state, and the writes that make these changes
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

/** The records whose state is unknown after a failed batch. The server reads them again when the disk answers. */
export interface Touched {
  readonly clientIds: readonly string[]
  readonly snapshots: readonly Snapshot<unknown>[]
  /** The client IDs whose replay windows (the recorded uses of their assertions) the batch changed. */
  readonly windows: readonly string[]
}

/**
 * A slot that the batch changes. `expected` is the slot's generation (the number of its last change) on which the
 * decision was based.
 */
export interface ChangedSlot {
  readonly clientId: string
  readonly slot: Slot
  readonly expected: Generation
}

/**
 * A replay window (the recorded uses of a client's assertions) that the batch changes. `expected` is the version of the
 * window on which the decision was based.
 */
export interface ChangedWindow {
  readonly clientId: string
  readonly window: ReplayWindow
  readonly expected: number
}

/**
 * The records that one commit of a batch changes or depends on. The records are in short arrays instead of sets,
 * because every issued token needs these lists.
 */
export interface ChangedBy {
  /** The ids of the slots that the commit changes. */
  readonly slots: readonly number[]
  /** The client IDs whose replay windows the commit changes. */
  readonly windows: readonly string[]
  /**
   * The ids of the slots on which the decision of the commit depends. An earlier commit of the same batch may have
   * changed these slots.
   */
  readonly decidedBy: readonly number[]
}

/** Describes a batch of which every change was committed. */
interface LostChanges {
  readonly slots: ReadonlySet<number>
  readonly windows: ReadonlySet<string>
}

/** The changes of a batch in the form that a store with several writers needs to detect conflicts. */
export interface BatchChanges {
  /** True if the batch changes configuration: a record, other than a token, on which decisions depend. */
  readonly isConfiguration: boolean
  /** The changed slots that existed before the batch and exist after it. */
  readonly slots: readonly ChangedSlot[]
  readonly windows: readonly ChangedWindow[]
  /** The client IDs of the created and changed integrations. */
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
  /** The version of the window before the batch. */
  readonly expected: number
  /** Called with true when the store has committed the window, and with false if the store has stored nothing. */
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
  /** All staged writes, except those for replay windows and for the end of the audit chain. */
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

  /** Returns the integration, including the staged changes. */
  state(clientId: string): IntegrationState | undefined {
    return this.#staged.has(clientId) ? this.#staged.get(clientId) : this.#live.committed(clientId)
  }

  /** Yields every integration, including the staged changes. */
  *states(): Generator<readonly [clientId: string, state: IntegrationState]> {
    for (const [clientId, state] of this.#live.entries()) {
      if (!this.#staged.has(clientId)) yield [clientId, state]
    }
    for (const [clientId, state] of this.#staged) if (state !== undefined) yield [clientId, state]
  }

  /**
   * Adds a change of the tokens of one slot to the batch. `writes` are further writes, which follow the write of the
   * slot.
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

  /** Returns the replay window of a client, including the staged uses. */
  window(clientId: string): ReplayWindow {
    return this.#stagedWindows.get(clientId)?.window ?? this.#windows.of(clientId)
  }

  /** The last time at which the store may have lost uses of assertions. 0 if it never lost uses. */
  get usesLostUntil(): EpochSeconds {
    return this.#windows.lostUntil
  }

  /**
   * Adds an empty replay window to the batch if the client has no window yet. `since` is the last time at which the
   * client may have used assertions that are no longer recorded, or 0 if all uses are recorded.
   */
  beginWindow(clientId: string, since: EpochSeconds = 0): void {
    if (this.#windows.has(clientId)) return
    // The new row has version 1. A server that has not read the row expects version 0, so the store rejects the commit
    // of that server. That server then reads `since` before it decides again.
    const version = since === 0 ? 0 : 1
    this.#begunWindows.add(clientId)
    this.writes.push(['insert_replay_window', clientId, version, since])
    this.onCommitted(() => {
      this.#windows.put(clientId, { ...EMPTY_WINDOW, version, since })
    })
  }

  /**
   * Adds a changed replay window to the batch. Calls `settled` with true when the window is durable, and with false if
   * the store has stored nothing.
   */
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
   * Records that the present commit depends on this slot. If the store then rejects a change of the slot in this batch,
   * the queue decides the commit again, even if the commit itself does not change the slot.
   */
  decideBy(slotId: number): void {
    this.#touched.decidedBy.push(slotId)
  }

  /**
   * Runs `act`. Returns the slots and windows that `act` changes with `putSlot` and `putWindow`, and the slots on which
   * its decision depends.
   */
  changedBy(act: () => void): ChangedBy {
    const touched = (this.#touched = nothingTouched())
    act()
    return touched
  }

  /**
   * Adds a changed integration to the batch, or its removal if `state` is undefined. Adds `writes` and the writes for
   * its new and changed slots.
   */
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

  /** Adds the write for the MAC of a row. It must follow the write that inserts or changes the row. */
  seal(...sealed: Parameters<RowMacs['write']>): void {
    this.writes.push(this.#macs.write(...sealed))
  }

  /** Returns the value of the snapshot, including the changes that are staged so far. */
  get<Value>(snapshot: Snapshot<Value>): Value {
    return this.#snapshots.has(snapshot) ? (this.#snapshots.get(snapshot) as Value) : snapshot.value
  }

  /** Returns true if the batch changes the snapshot. */
  isChanged(snapshot: Snapshot<unknown>): boolean {
    return this.#snapshots.has(snapshot)
  }

  put<Value>(snapshot: Snapshot<Value>, value: Value, ...writes: readonly Write[]): void {
    this.#snapshots.set(snapshot, value)
    this.writes.push(...writes)
  }

  /** Adds an audit event to the batch. The event becomes durable together with the batch. */
  record(record: AuditRecord): void {
    this.#recorder.stage(this, record)
  }

  /** Returns a savepoint, a copy of the changes that are staged so far. */
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

  /** Registers a function that runs when the batch is durable and visible. */
  onCommitted(act: () => void): void {
    this.#onCommitted.push(act)
  }

  /**
   * Applies the durable batch to the memory, in one turn of the event loop. Skips the `lost` changes, which the store
   * rejected because of a conflict.
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

  /** Reports that the store refused the batch and stored nothing. */
  notStored(): void {
    for (const { settled } of this.#stagedWindows.values()) for (const tell of settled) tell(false)
  }

  /**
   * Marks all records of the batch as unknown in memory, because the outcome of the commit is unknown. Returns these
   * records.
   */
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
