// The idempotency records in memory. For one day, the server does not carry out a second request with the same
// `Idempotency-Key`.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { EpochSeconds } from '../domain/slot.ts'
import type { IdempotencyRecord, IdempotencyRefusal } from '../ports/integrations.ts'
import type { Disk, Row, Write } from '../rows/disk.ts'
import { number, text } from '../rows/rows.ts'
import { Snapshot } from './snapshot.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

interface StoredRecord extends IdempotencyRecord {
  readonly createdAt: EpochSeconds
}

const REMEMBERED_SECONDS = 86_400
/** The largest number of records. If there are more, the server deletes the oldest records before the day is over. */
const MOST_RECORDS = 10_000

export class IdempotencyRecords {
  /** The records by their key, the oldest first. */
  readonly #snapshot: Snapshot<ReadonlyMap<string, StoredRecord>>

  private constructor(snapshot: Snapshot<ReadonlyMap<string, StoredRecord>>) {
    this.#snapshot = snapshot
  }

  static async load(disk: Disk): Promise<IdempotencyRecords> {
    const snapshot = await Snapshot.load('claims', async () => {
      const rows = await disk.read('idempotency_records')
      return new Map(rows.map((row) => [text(row, 'key'), readRecord(row)]))
    })
    return new IdempotencyRecords(snapshot)
  }

  /** The snapshot of the records, for the code that refreshes the memory. */
  get snapshot(): Snapshot<unknown> {
    return this.#snapshot
  }

  /**
   * Refuses a request that was carried out before. The caller must make this check before all other checks, so that a
   * repeated request gets this refusal and no other.
   */
  check(
    batch: StagedBatch,
    record: IdempotencyRecord | undefined,
    now: EpochSeconds,
  ): Result<void, IdempotencyRefusal> {
    const before = record && batch.get(this.#snapshot).get(record.key)
    if (before === undefined || now >= before.createdAt + REMEMBERED_SECONDS) return accept(undefined)
    return before.request === record?.request
      ? refuse({ reason: 'already_made', made: before.made })
      : refuse({ reason: 'idempotency_key_reused' })
  }

  /** Adds the record of a request to the batch that carries the request out. */
  put(batch: StagedBatch, record: IdempotencyRecord | undefined, now: EpochSeconds): void {
    if (record === undefined) return
    const known = batch.get(this.#snapshot)
    const after = new Map(known)
    const writes: Write[] = []
    for (const [key, { createdAt }] of known) {
      if (after.size < MOST_RECORDS && now < createdAt + REMEMBERED_SECONDS && key !== record.key) break
      after.delete(key)
      writes.push(['delete_idempotency_record', key])
    }
    if (after.delete(record.key)) writes.push(['delete_idempotency_record', record.key])
    after.set(record.key, { ...record, createdAt: now })
    batch.put(this.#snapshot, after, ...writes, [
      'insert_idempotency_record',
      record.key,
      record.request,
      record.made,
      now,
    ])
  }
}

const readRecord = (row: Row): StoredRecord => ({
  key: text(row, 'key'),
  request: text(row, 'request'),
  made: text(row, 'made'),
  createdAt: number(row, 'created_at'),
})
