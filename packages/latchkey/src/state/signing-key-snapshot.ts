// The signing keys in memory, which change only with a commit, and the listeners that are told of changes.
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Disk } from '../rows/disk.ts'
import { readSigningKey, signingKeyInsert } from '../rows/catalog-rows.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { Snapshot } from './snapshot.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

type KeyListener = (keys: readonly SigningKeyRecord[]) => void

interface KeyState {
  readonly records: readonly SigningKeyRecord[]
  /** The `kid` of each key that has stopped signing. */
  readonly stopped: ReadonlySet<string>
}

export class SigningKeySnapshot {
  readonly #snapshot: Snapshot<KeyState>
  readonly #listeners: KeyListener[]

  private constructor(snapshot: Snapshot<KeyState>, listeners: KeyListener[]) {
    this.#snapshot = snapshot
    this.#listeners = listeners
  }

  static async load(disk: Disk, macs: RowMacs): Promise<SigningKeySnapshot> {
    const listeners: KeyListener[] = []
    const snapshot = await Snapshot.load('signing_keys', async () => {
      const rows = await disk.read('signing_keys')
      const records = rows.map((row) => macs.checked('signing_key', readSigningKey(row), row))
      // A reload after a failed commit may find different keys on the disk, so the listeners get these keys.
      for (const listener of listeners) listener(records)
      return keyStateOf(records)
    })
    return new SigningKeySnapshot(snapshot, listeners)
  }

  /** The snapshot of the keys, for the code that refreshes the memory. */
  get snapshot(): Snapshot<unknown> {
    return this.#snapshot
  }

  get records(): readonly SigningKeyRecord[] {
    return this.#snapshot.value.records
  }

  onChange(listener: KeyListener): void {
    this.#listeners.push(listener)
  }

  /** Returns true if the key has stopped signing, or stops signing in this batch. */
  hasStopped(batch: StagedBatch, kid: string): boolean {
    const { stopped } = batch.get(this.#snapshot)
    return stopped.size > 0 && stopped.has(kid)
  }

  /** Returns true if the key is revoked in the committed state. */
  isRevoked(kid: string): boolean {
    const { stopped, records } = this.#snapshot.value
    return stopped.has(kid) && records.some((key) => key.kid === kid && key.status === 'revoked')
  }

  of(batch: StagedBatch): readonly SigningKeyRecord[] {
    return batch.get(this.#snapshot).records
  }

  put(batch: StagedBatch, records: readonly SigningKeyRecord[]): void {
    batch.put(this.#snapshot, keyStateOf(records), ['delete_signing_keys'], ...records.map(signingKeyInsert))
    for (const record of records) batch.seal('signing_key', record)
    batch.onCommitted(() => {
      for (const listener of this.#listeners) listener(records)
    })
  }
}

const keyStateOf = (records: readonly SigningKeyRecord[]): KeyState => ({
  records,
  stopped: new Set(records.flatMap((key) => (key.status === 'retired' || key.status === 'revoked' ? [key.kid] : []))),
})
