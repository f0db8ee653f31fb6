// The signing keys in memory: one snapshot, which changes only with a commit, and its listeners.
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Disk } from '../rows/disk.ts'
import { readSigningKey, signingKeyInsert } from '../rows/catalog-rows.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { Cell } from './cell.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

type KeyListener = (keys: readonly SigningKeyRecord[]) => void

interface KeySnapshot {
  readonly records: readonly SigningKeyRecord[]
  /** The keys that have stopped signing. */
  readonly stopped: ReadonlySet<string>
}

export class KeyCell {
  readonly #cell: Cell<KeySnapshot>
  readonly #listeners: KeyListener[]

  private constructor(cell: Cell<KeySnapshot>, listeners: KeyListener[]) {
    this.#cell = cell
    this.#listeners = listeners
  }

  static async load(disk: Disk, macs: RowMacs): Promise<KeyCell> {
    const listeners: KeyListener[] = []
    const cell = await Cell.load('signing_keys', async () => {
      const rows = await disk.read('signing_keys')
      const records = rows.map((row) => macs.checked('signing_key', readSigningKey(row), row))
      // After a failed commit the keys on the disk may differ from those in memory.
      for (const listener of listeners) listener(records)
      return snapshotOf(records)
    })
    return new KeyCell(cell, listeners)
  }

  /** The cell, for code that refreshes memory. */
  get part(): Cell<unknown> {
    return this.#cell
  }

  get records(): readonly SigningKeyRecord[] {
    return this.#cell.value.records
  }

  onChange(listener: KeyListener): void {
    this.#listeners.push(listener)
  }

  /** Returns true if the key has stopped signing, with the changes of the batch. */
  hasStopped(batch: StagedBatch, kid: string): boolean {
    const { stopped } = batch.get(this.#cell)
    return stopped.size > 0 && stopped.has(kid)
  }

  /** Returns true if the committed state has the key as revoked. */
  isRevoked(kid: string): boolean {
    const { stopped, records } = this.#cell.value
    return stopped.has(kid) && records.some((key) => key.kid === kid && key.status === 'revoked')
  }

  of(batch: StagedBatch): readonly SigningKeyRecord[] {
    return batch.get(this.#cell).records
  }

  put(batch: StagedBatch, records: readonly SigningKeyRecord[]): void {
    batch.put(this.#cell, snapshotOf(records), ['delete_signing_keys'], ...records.map(signingKeyInsert))
    for (const record of records) batch.seal('signing_key', record)
    batch.afterwards(() => {
      for (const listener of this.#listeners) listener(records)
    })
  }
}

const snapshotOf = (records: readonly SigningKeyRecord[]): KeySnapshot => ({
  records,
  stopped: new Set(records.flatMap((key) => (key.status === 'retired' || key.status === 'revoked' ? [key.kid] : []))),
})
