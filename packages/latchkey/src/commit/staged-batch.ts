// A batch being made: the committed state with the batch's own changes over it, and the writes that make them durable.
import type { AuditRecord } from '../domain/audit-event.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type { Generation, Slot } from '../domain/slot.ts'
import type { Write } from '../rows/disk.ts'
import type { AuditBatch } from '../state/audit-log.ts'
import type { Cell, PartName } from '../state/cell.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { slotInsert, slotUpdate, tokensUpdate } from '../rows/rows.ts'
import type { Generations } from '../state/generations.ts'
import type { LiveState } from '../state/live-state.ts'

/** Takes down who did what, as part of the batch. */
export interface Recorder {
  stage(batch: AuditBatch, record: AuditRecord): void
  headWrites(batch: AuditBatch): readonly Write[]
}

/** What a batch left in doubt, to be read anew once the disk answers. */
export interface Touched {
  readonly clientIds: readonly string[]
  readonly cells: readonly Cell<unknown>[]
}

/** A slot that the batch changes, and the generation that it was judged with. */
export interface ChangedSlot {
  readonly clientId: string
  readonly slot: Slot
  readonly expected: Generation
}

/** What a batch changes, for a store that several processes write to. */
export interface BatchChanges {
  /** Changes something that decides and is no token. */
  readonly isConfiguration: boolean
  /** Those that were there before, and are there still. */
  readonly slots: readonly ChangedSlot[]
  /** Made or changed. */
  readonly clientIds: readonly string[]
  readonly removed: readonly string[]
  readonly parts: readonly PartName[]
}

export interface Mark {
  readonly writes: number
  readonly staged: Map<string, IntegrationState | undefined>
  readonly slots: Map<number, Slot>
  readonly reconfigured: Set<string>
  readonly cells: Map<Cell<unknown>, unknown>
  readonly afterwards: (() => void)[]
}

const NO_SLOTS: ReadonlySet<number> = new Set()

export class StagedBatch {
  /** All that is staged, but for the end of the audit chain. */
  readonly writes: Write[] = []
  #touched = new Set<number>()
  readonly #live: LiveState
  readonly #generations: Generations
  readonly #recorder: Recorder
  readonly #macs: RowMacs
  #staged = new Map<string, IntegrationState | undefined>()
  #slots = new Map<number, Slot>()
  #reconfigured = new Set<string>()
  #cells = new Map<Cell<unknown>, unknown>()
  #afterwards: (() => void)[] = []

  constructor(live: LiveState, generations: Generations, recorder: Recorder, macs: RowMacs) {
    this.#live = live
    this.#generations = generations
    this.#recorder = recorder
    this.#macs = macs
  }

  /** The integration as this batch leaves it so far. */
  state(clientId: string): IntegrationState | undefined {
    return this.#staged.has(clientId) ? this.#staged.get(clientId) : this.#live.committed(clientId)
  }

  /** Every integration as this batch leaves it so far. */
  *states(): Generator<readonly [clientId: string, state: IntegrationState]> {
    for (const [clientId, state] of this.#live.entries()) {
      if (!this.#staged.has(clientId)) yield [clientId, state]
    }
    for (const [clientId, state] of this.#staged) if (state !== undefined) yield [clientId, state]
  }

  /** Changes the tokens of one slot and nothing else of its integration. `writes` follow the write of the slot. */
  putSlot(clientId: string, slot: Slot, ...writes: readonly Write[]): void {
    const state = this.state(clientId)
    if (state === undefined) return
    const slots = state.slots.map((other) => (other.id === slot.id ? slot : other))
    this.#staged.set(clientId, { integration: state.integration, slots })
    this.#slots.set(slot.id, slot)
    this.#touched.add(slot.id)
    this.writes.push(tokensUpdate(slot, this.#macs.ofSlot(clientId, slot)), ...writes)
  }

  /** The slots that `act` puts in. */
  slotsPutInBy(act: () => void): ReadonlySet<number> {
    const touched = (this.#touched = new Set())
    act()
    return touched
  }

  /** Makes, changes or (undefined) removes an integration. Adds the writes of slots that are new or changed. */
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

  /** The cell's value as this batch leaves it so far. */
  get<Value>(cell: Cell<Value>): Value {
    return this.#cells.has(cell) ? (this.#cells.get(cell) as Value) : cell.value
  }

  /** Whether a value for the cell is staged. */
  isChanged(cell: Cell<unknown>): boolean {
    return this.#cells.has(cell)
  }

  put<Value>(cell: Cell<Value>, value: Value, ...writes: readonly Write[]): void {
    this.#cells.set(cell, value)
    this.writes.push(...writes)
  }

  /** Stages an event of the audit trail: it is durable if, and only if, the change beside it is. */
  record(record: AuditRecord): void {
    this.#recorder.stage(this, record)
  }

  /** What is staged so far, to come back to. */
  mark(): Mark {
    return {
      writes: this.writes.length,
      staged: new Map(this.#staged),
      slots: new Map(this.#slots),
      reconfigured: new Set(this.#reconfigured),
      cells: new Map(this.#cells),
      afterwards: [...this.#afterwards],
    }
  }

  /** Takes back all that was staged since the mark. */
  rollBack(mark: Mark): void {
    this.writes.length = mark.writes
    this.#staged = mark.staged
    this.#slots = mark.slots
    this.#reconfigured = mark.reconfigured
    this.#cells = mark.cells
    this.#afterwards = mark.afterwards
  }

  /** All that makes the batch durable; none when it changes nothing. */
  durableWrites(): readonly Write[] {
    return [...this.writes, ...this.#recorder.headWrites(this)]
  }

  get changes(): BatchChanges {
    const staged = [...this.#staged]
    return {
      isConfiguration: this.#reconfigured.size + this.#cells.size > 0,
      slots: staged.flatMap(([clientId, state]) => this.#changedSlots(clientId, state)),
      clientIds: staged.flatMap(([clientId, state]) => (state !== undefined && this.#reconfigured.has(clientId) ? [clientId] : [])), // prettier-ignore
      removed: staged.flatMap(([clientId, state]) => (state === undefined ? [clientId] : [])),
      parts: [...this.#cells.keys()].map(({ name }) => name),
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
  afterwards(act: () => void): void {
    this.#afterwards.push(act)
  }

  /**
   * Switches the memory to what this batch made durable, in one turn of the event loop. Of the slots that are excepted
   * nothing is durable.
   */
  publish(excepted: ReadonlySet<number> = NO_SLOTS): void {
    for (const [clientId, state] of this.#staged) {
      if (this.#reconfigured.has(clientId)) this.#live.put(clientId, state)
      else
        for (const { slot } of this.#changedSlots(clientId, state))
          if (!excepted.has(slot.id)) this.#live.putSlot(clientId, slot)
    }
    for (const slot of this.#slots.values()) this.#generations.committed(slot)
    for (const [cell, value] of this.#cells) cell.publish(value)
    for (const act of this.#afterwards) act()
  }

  /** The commit failed and may have happened all the same. */
  putInDoubt(): Touched {
    this.#live.putInDoubt(this.#reconfigured, this.#slots.keys())
    return { clientIds: [...this.#staged.keys()], cells: [...this.#cells.keys()] }
  }
}
