// The end of the audit chain: stages each event with the MAC that binds it to all before it.
import { AUDIT_TRAIL_TARGET, type AuditEvent, type AuditRecord, SYSTEM } from '../domain/audit-event.ts'
import type { AuditMac } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Disk, Row, Write } from '../rows/disk.ts'
import { bytes, number, text } from '../rows/rows.ts'
import { Cell } from './cell.ts'

/** The last event of the chain. */
export interface ChainEnd {
  readonly seq: number
  readonly mac: Uint8Array
}

/** Where the chain ends, and up to where it has been removed. */
interface Chain extends ChainEnd {
  readonly checkpoint: number
}

/** What it asks of a batch that is being made. */
export interface AuditBatch {
  get<Value>(cell: Cell<Value>): Value
  isChanged(cell: Cell<unknown>): boolean
  put<Value>(cell: Cell<Value>, value: Value, ...writes: readonly Write[]): void
  afterwards(act: () => void): void
}

interface AuditLogParts {
  readonly mac: AuditMac
  readonly clock: Clock
  readonly trail: 'must_exist' | 'may_be_missing'
}

/** The first event of a trail that replaces a lost one. */
export const TRAIL_LOST = 'audit_trail.lost'

export class AuditLog {
  readonly #head: Cell<Chain>
  readonly #mac: AuditMac
  readonly #clock: Clock
  readonly #listeners = new Set<(event: AuditEvent) => void>()

  private constructor(head: Cell<Chain>, mac: AuditMac, clock: Clock) {
    this.#head = head
    this.#mac = mac
    this.#clock = clock
  }

  /**
   * A store without a chain gets one, and its first event says so: `audit_trail.begun` in a store from before there were
   * audit trails, `audit_trail.lost` in a store that must have one.
   */
  static async load(disk: Disk, { mac, clock, trail }: AuditLogParts): Promise<AuditLog> {
    if ((await disk.read('audit_chain')).length === 0) {
      const event = trail === 'must_exist' ? TRAIL_LOST : 'audit_trail.begun'
      await disk.commit(await anotherBeginning(disk, { mac, clock, event }))
    }
    return new AuditLog(await Cell.load('audit_head', () => readHead(disk, mac)), mac, clock)
  }

  /** For whoever brings memory up to date. */
  get part(): Cell<unknown> {
    return this.#head
  }

  stage(batch: AuditBatch, record: AuditRecord): void {
    const before = batch.get(this.#head)
    const event: AuditEvent = { ...record, seq: before.seq + 1, at: this.#clock.now() }
    const { head, write } = chained(this.#mac, before.mac, event)
    batch.put(this.#head, { ...before, ...head }, write)
    batch.afterwards(() => {
      for (const listener of this.#listeners) listener(event)
    })
  }

  /**
   * Removes the events behind `from` up to this one. False if the chain does not begin behind `from` any more, because
   * another server removed events since: a checkpoint never goes back.
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

  /** Where the chain ends after the batch: written once for all of its events. */
  headWrites(batch: AuditBatch): readonly Write[] {
    return batch.isChanged(this.#head) ? [headWrite(this.#mac, batch.get(this.#head))] : []
  }

  onRecorded(listener: (event: AuditEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** `event` behind the one with this MAC. */
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

/** Behind whatever events are there; if there are any, the chain does not fit, and the next check says so. */
async function anotherBeginning(
  disk: Disk,
  { mac, clock, event }: Pick<AuditLogParts, 'mac' | 'clock'> & { readonly event: string },
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

/** What the chain begins with; nobody without the key can make it. */
export const genesis = (mac: AuditMac): ChainEnd => ({ seq: 0, mac: mac('latchkey audit genesis') })

export const eventMac = (mac: AuditMac, previous: Uint8Array, seq: number, at: number, body: string): Uint8Array =>
  mac(`event\n${hex(previous)}\n${String(seq)}\n${String(at)}\n${body}`)

/** Seals where the chain ends: events cannot be taken from its end unnoticed. */
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
