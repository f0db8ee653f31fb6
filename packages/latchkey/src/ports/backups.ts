// The port for backups. A backup is a consistent copy of the whole store.
import type { Result } from '@latchkey/protocol'
import type { EpochSeconds } from '../domain/slot.ts'

/** A finished and checked backup in a temporary file. `read` and `drop` delete the file when they end. */
export interface Backup {
  /** The length of the backup in bytes. */
  readonly bytes: number
  /** The time of the backup. The backup contains every change that the server acknowledged before this second. */
  readonly madeAt: EpochSeconds
  /** The SHA-256 of the backup, in hexadecimal digits. */
  readonly sha256: string
  /**
   * Reads the backup. The caller may call `read` only once. If reading fails, the iteration throws, and the caller must
   * discard the bytes that it has read.
   */
  read(): AsyncIterable<Uint8Array>
  /** Deletes the backup without reading it. Does nothing if the backup was read or dropped before. */
  drop(): Promise<void>
}

/** A text and its HMAC-SHA-256 in hexadecimal digits. */
export interface SealedText {
  readonly text: string
  readonly mac: string
}

/** Computes and checks the MACs of backups, under a key that is derived from the master key. */
export interface BackupSealing {
  /** Returns the MAC of the text. */
  seal(text: string): string
  /** Returns true if the MAC belongs to the text and was made under the same master key. */
  fits(sealed: SealedText): boolean
}

export type BackupRefusal =
  /** The store is a PostgreSQL database, which has its own backup tools. */
  | { readonly reason: 'backed_up_elsewhere' }
  /**
   * Another backup is being made. The server makes only one backup at a time, because each backup needs the disk space
   * of the whole store.
   */
  | { readonly reason: 'backup_under_way' }
  /**
   * The disk has too little free space. The server refuses to make the backup, because a full disk would stop the
   * issuance of tokens. Both figures are in bytes.
   */
  | { readonly reason: 'no_room_for_backup'; readonly needed: number; readonly free: number }

export interface Backups {
  /**
   * Makes a backup. The server continues to issue tokens while it makes the backup. Throws `StoreUnavailable` for every
   * failure other than the refusals.
   */
  make(): Promise<Result<Backup, BackupRefusal>>
}
