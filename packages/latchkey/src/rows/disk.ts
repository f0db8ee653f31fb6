// What the store asks of its disk: batches that are durable when they resolve, and the truth after a failure.
import type { ReadName, ReadOf, WriteName, WriteOf } from './commands.ts'

export type SqlValue = string | number | Uint8Array | null
export type Row = Readonly<Record<string, SqlValue>>

/** A command with its values. */
export type Write = WriteOf<WriteName>
export type Read = ReadOf<ReadName>

export interface Disk {
  /** Makes all writes durable (synced) or none. Throws `DiskFailure`. */
  commit(writes: readonly Write[]): Promise<void>
  read(...read: Read): Promise<readonly Row[]>
  /**
   * Closes and opens the files anew and checkpoints them, so that what is read afterwards is what is on the disk.
   * Tries until that works; never resolves once the disk cannot be trusted any more.
   */
  recover(): Promise<void>
  /** Checkpoints, marks a clean stop and closes. A disk that refuses that is let go without the mark. */
  close(): Promise<void>
  /** Lets go of the files at once, without marking a clean stop: the next start checks them. */
  abandon(): Promise<void>
}

/**
 * - `statement`: one statement was refused; nothing changed and nothing is in doubt.
 * - `in_doubt`: the disk failed while committing; only `recover` can tell whether the batch is there.
 * - `not_done`: it takes no writes right now, and nothing is in doubt.
 */
export class DiskFailure extends Error {
  readonly kind: 'statement' | 'in_doubt' | 'not_done'

  constructor(kind: DiskFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DiskFailure'
    this.kind = kind
  }
}
