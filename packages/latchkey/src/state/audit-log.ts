// Adds events to the audit chain. Each event gets a MAC that links it to the previous event.
import {
  AUDIT_TRAIL_TARGET,
  type AuditEvent,
  type AuditEventName,
  type AuditRecord,
  SYSTEM,
} from '../domain/audit-event.ts'
import type { AuditMac } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Disk, Row, Write } from '../rows/disk.ts'
import { bytes, number, text } from '../rows/rows.ts'
import { Snapshot } from './snapshot.ts'

/** The number and the MAC of an event at one end of the chain. */
export interface ChainEnd {
  readonly seq: number
  readonly mac: Uint8Array
}

/**
 * The last event of the chain. `checkpoint` is the number of the last event that was removed from the beginning of the
 * chain.
 */
interface Chain extends ChainEnd {
  readonly checkpoint: number
}

/** The methods of a batch that the audit log needs. */
export interface AuditBatch {
  get<Value>(snapshot: Snapshot<Value>): Value
  isChanged(snapshot: Snapshot<unknown>): boolean
  put<Value>(snapshot: Snapshot<Value>, value: Value, ...writes: readonly Write[]): void
  onCommitted(act: () => void): void
}

interface AuditLogParts {
  readonly mac: AuditMac
  readonly clock: Clock
  readonly trail: 'must_exist' | 'may_be_missing'
}

/** The first event of a trail that replaces a lost trail. */
export const TRAIL_LOST = 'audit_trail.lost'

export class AuditLog {
  readonly #head: Snapshot<Chain>
  readonly #mac: AuditMac
  readonly #clock: Clock
  readonly #listeners = new Set<(event: AuditEvent) => void>()

  private constructor(head: Snapshot<Chain>, mac: AuditMac, clock: Clock) {
    this.#head = head
    this.#mac = mac
    this.#clock = clock
  }

  /**
   * Reads the end of the chain. If the store has no chain, begins a chain with the event `audit_trail.begun`, or with
   * `audit_trail.lost` if the store must have had a chain before.
   */
  static async load(disk: Disk, { mac, clock, trail }: AuditLogParts): Promise<AuditLog> {
    if ((await disk.read('audit_chain')).length === 0) {
      const event = trail === 'must_exist' ? TRAIL_LOST : 'audit_trail.begun'
      await disk.commit(await anotherBeginning(disk, { mac, clock, event }))
    }
    return new AuditLog(await Snapshot.load('audit_head', () => readHead(disk, mac)), mac, clock)
  }

  /** The snapshot of the chain's end, for the code that refreshes the memory. */
  get snapshot(): Snapshot<unknown> {
    return this.#head
  }

  stage(batch: AuditBatch, record: AuditRecord): void {
    const before = batch.get(this.#head)
    const event: AuditEvent = { ...record, seq: before.seq + 1, at: this.#clock.now() }
    const { head, write } = chained(this.#mac, before.mac, event)
    batch.put(this.#head, { ...before, ...head }, write)
    batch.onCommitted(() => {
      for (const listener of this.#listeners) listener(event)
    })
  }

  /**
   * Removes the events after `from` up to `checkpoint`. Returns false and removes nothing if the chain no longer begins
   * after `from`, because another server has removed events. This check keeps the checkpoint from moving back.
   */
  shorten(batch: AuditBatch, from: number, checkpoint: ChainEnd): boolean {
    const before = batch.get(this.#head)
    if (from !== before.checkpoint) return false
    const { seq, mac } = checkpoint
    batch.put(
      this.#head,
      { ...before, checkpoint: seq },
      ['set_audit_checkpoint', seq, mac, sealOf(this.#mac, 'checkpoint', checkpoint)],
      ['delete_audit_up_to', seq],
    )
    return true
  }

  /** Returns the write for the end of the chain. A batch needs only one such write for all its events. */
  headWrites(batch: AuditBatch): readonly Write[] {
    return batch.isChanged(this.#head) ? [headWrite(this.#mac, batch.get(this.#head))] : []
  }

  onRecorded(listener: (event: AuditEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Links `event` to the event with the MAC `previous`. Returns the new end of the chain and the write for the event. */
function chained(
  mac: AuditMac,
  previous: Uint8Array,
  event: AuditEvent,
): { readonly head: ChainEnd; readonly write: Write } {
  const { seq, at, ...record } = event
  const body = JSON.stringify(record)
  const own = eventMac(mac, previous, seq, at, body)
  return {
    head: { seq, mac: own },
    write: ['insert_audit', seq, at, record.event, record.actor.id, record.target.id, body, own],
  }
}

/**
 * Returns the writes that begin a chain. If the store has older events, the new event gets the next number, and the
 * next check of the chain reports a break.
 */
async function anotherBeginning(
  disk: Disk,
  { mac, clock, event }: Pick<AuditLogParts, 'mac' | 'clock'> & { readonly event: AuditEventName },
): Promise<readonly Write[]> {
  const [last] = await disk.read('audit_last')
  const { head, write } = chained(mac, genesis(mac).mac, {
    event,
    actor: SYSTEM,
    target: AUDIT_TRAIL_TARGET,
    before: {},
    after: {},
    seq: last === undefined ? 1 : number(last, 'seq') + 1,
    at: clock.now(),
  })
  return [write, headWrite(mac, head)]
}

/**
 * Returns the start of the chain, before the first event. Only a server with the audit key can make the MAC of the
 * start.
 */
export const genesis = (mac: AuditMac): ChainEnd => ({ seq: 0, mac: mac('latchkey audit genesis') })

export const eventMac = (mac: AuditMac, previous: Uint8Array, seq: number, at: number, body: string): Uint8Array =>
  mac(`event\n${hex(previous)}\n${String(seq)}\n${String(at)}\n${body}`)

/**
 * Returns a MAC that seals one end of the chain: its newest event (`head`) or the checkpoint before its first event.
 * With the seals, a check notices if events were removed from an end.
 */
export const sealOf = (mac: AuditMac, what: 'head' | 'checkpoint', { seq, mac: last }: ChainEnd): Uint8Array =>
  mac(`${what}\n${String(seq)}\n${hex(last)}`)

export const readEvent = (row: Row): AuditEvent => ({
  ...(JSON.parse(text(row, 'record')) as AuditRecord),
  seq: number(row, 'seq'),
  at: number(row, 'at'),
})

async function readHead(disk: Disk, mac: AuditMac): Promise<Chain> {
  const [chain] = await disk.read('audit_chain')
  if (chain === undefined) return { ...genesis(mac), checkpoint: 0 }
  return {
    seq: number(chain, 'head_seq'),
    mac: bytes(chain, 'head_mac'),
    checkpoint: number(chain, 'checkpoint_seq'),
  }
}

export function headWrite(mac: AuditMac, head: ChainEnd): Write {
  const start = genesis(mac)
  const seal = sealOf(mac, 'head', head)
  return ['put_audit_head', head.seq, head.mac, seal, start.seq, start.mac, sealOf(mac, 'checkpoint', start)]
}

export const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')
