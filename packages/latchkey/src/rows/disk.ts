// The interface of a storage engine.
import type { ReadName, ReadOf, WriteName, WriteOf } from './commands.ts'

export type SqlValue = string | number | Uint8Array | null
export type Row = Readonly<Record<string, SqlValue>>

/** A write command with its values. */
export type Write = WriteOf<WriteName>
export type Read = ReadOf<ReadName>

export interface Disk {
  /** Makes all writes durable (synced to disk), or carries out none of them. Throws `DiskFailure`. */
  commit(writes: readonly Write[]): Promise<void>
  read(...read: Read): Promise<readonly Row[]>
  /**
   * Recovers after a failed commit: reopens and checkpoints the files, so that later reads return what is really on the
   * disk. Retries until it succeeds. Never resolves if the disk can no longer be trusted.
   */
  recover(): Promise<void>
  /**
   * Checkpoints, records a clean stop and closes the files. If the disk fails, closes the files without the record of a
   * clean stop.
   */
  close(): Promise<void>
  /** Closes the files at once, without recording a clean stop, so that the next start checks the files. */
  abandon(): Promise<void>
}

/**
 * - `statement`: the engine refused one statement. Nothing changed.
 * - `outcome_unknown`: the disk failed during the commit. The outcome of the commit is unknown until `recover`
 *   resolves.
 * - `not_done`: the engine accepts no writes at present. The commit changed nothing.
 */
export class DiskFailure extends Error {
  readonly kind: 'statement' | 'outcome_unknown' | 'not_done'

  constructor(kind: DiskFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DiskFailure'
    this.kind = kind
  }
}
