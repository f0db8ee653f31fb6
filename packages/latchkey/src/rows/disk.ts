// The interface of a storage engine: durable batches, reads, and recovery after a failure.
import type { ReadName, ReadOf, WriteName, WriteOf } from './commands.ts'

export type SqlValue = string | number | Uint8Array | null
export type Row = Readonly<Record<string, SqlValue>>

/** A command with its values. */
export type Write = WriteOf<WriteName>
export type Read = ReadOf<ReadName>

export interface Disk {
  /** Makes all writes durable (synced to disk), or none. Throws `DiskFailure`. */
  commit(writes: readonly Write[]): Promise<void>
  read(...read: Read): Promise<readonly Row[]>
  /**
   * Reopens and checkpoints the files, so that later reads return the contents of the disk. Retries until this
   * succeeds. Never resolves if the disk can no longer be trusted.
   */
  recover(): Promise<void>
  /**
   * Checkpoints, records a clean stop and closes the files. If the disk refuses that, it closes the files without the
   * record.
   */
  close(): Promise<void>
  /** Closes the files at once, without recording a clean stop. The next start then checks them. */
  abandon(): Promise<void>
}

/**
 * - `statement`: the engine refused one statement. Nothing changed.
 * - `outcome_unknown`: the disk failed during the commit. The outcome is unknown until `recover` resolves.
 * - `not_done`: the engine accepts no writes at present. Nothing changed.
 */
export class DiskFailure extends Error {
  readonly kind: 'statement' | 'outcome_unknown' | 'not_done'

  constructor(kind: DiskFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DiskFailure'
    this.kind = kind
  }
}
