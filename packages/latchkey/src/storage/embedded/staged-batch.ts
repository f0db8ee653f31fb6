// A batch being made: the committed state with the batch's own changes over it, and the writes that make them durable.
import type { AuditRecord } from '../../domain/audit-event.ts'
import type { IntegrationState } from '../../domain/integration.ts'
import type { Slot } from '../../domain/slot.ts'
import type { Write } from '../disk.ts'
import type { AuditBatch } from './audit-log.ts'
import type { Cell } from './cell.ts'
import type { Generations } from './generations.ts'
import type { LiveState } from './live-state.ts'

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

export interface Mark {
  readonly writes: number
  readonly staged: Map<string, IntegrationState | undefined>
  readonly slots: Map<number, Slot>
  readonly reconfigured: Set<string>
  readonly cells: Map<Cell<unknown>, unknown>
  readonly afterwards: (() => void)[]
}

export class StagedBatch {
  /** All that is staged, but for the end of the audit chain. */
  readonly writes: Write[] = []
  readonly #live: LiveState
  readonly #generations: Generations
  readonly #recorder: Recorder
  #staged = new Map<string, IntegrationState | undefined>()
  #slots = new Map<number, Slot>()
  #reconfigured = new Set<string>()
  #cells = new Map<Cell<unknown>, unknown>()
  #afterwards: (() => void)[] = []

  constructor(live: LiveState, generations: Generations, recorder: Recorder) {
    this.#live = live
    this.#generations = generations
    this.#recorder = recorder
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

  /** Changes one slot and nothing else of its integration. */
  putSlot(clientId: string, slot: Slot, ...writes: readonly Write[]): void {
    const state = this.state(clientId)
    if (state === undefined) return
    const slots = state.slots.map((other) => (other.id === slot.id ? slot : other))
    this.#staged.set(clientId, { integration: state.integration, slots })
    this.#slots.set(slot.id, slot)
    this.writes.push(...writes)
  }

  /** Makes, changes or (undefined) removes an integration with all its slots. */
  putState(clientId: string, state: IntegrationState | undefined, writes: readonly Write[]): void {
    this.#staged.set(clientId, state)
    this.#reconfigured.add(clientId)
    for (const slot of state?.slots ?? []) this.#slots.set(slot.id, slot)
    this.writes.push(...writes)
  }

  /** The cell's value as this batch leaves it so far. */
  get<Value>(cell: Cell<Value>): Value {
    return this.#cells.has(cell) ? (this.#cells.get(cell) as Value) : cell.value
  }

  /** Whether a value for the cell is staged. */
  changes(cell: Cell<unknown>): boolean {
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

  /** Runs once the batch is durable and visible. */
  afterwards(act: () => void): void {
    this.#afterwards.push(act)
  }

  /** Switches the memory to what this batch made durable, in one turn of the event loop. */
  publish(): void {
    for (const [clientId, state] of this.#staged) this.#live.put(clientId, state)
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
