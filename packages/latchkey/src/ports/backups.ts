// The port for backups. A backup is a copy of the whole store at one moment.
import type { Result } from '@latchkey/protocol'
import type { EpochSeconds } from '../domain/slot.ts'

/** A finished and checked backup in a temporary file. Both `read` and `drop` delete that file when they end. */
export interface Backup {
  /** The length, in bytes. */
  readonly bytes: number
  /** The backup holds every change that was acknowledged before this second. */
  readonly madeAt: EpochSeconds
  /** SHA-256 of all bytes, in hexadecimal digits. */
  readonly sha256: string
  /**
   * Reads the backup. May be called only once. If reading fails, it throws, and the bytes that were read until then are
   * not a backup.
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

/** Makes and checks MACs under a key that is derived from the master key. */
export interface BackupSealing {
  /** Returns the MAC of the text. */
  seal(text: string): string
  /** Returns true if the MAC was made under the same master key. */
  fits(sealed: SealedText): boolean
}

export type BackupRefusal =
  /** The store is a PostgreSQL database, which has its own backup tools. */
  | { readonly reason: 'backed_up_elsewhere' }
  /**
   * Another backup is being made. The server makes only one at a time, because each needs as much disk space as the
   * store.
   */
  | { readonly reason: 'backup_under_way' }
  /**
   * The disk has too little free space. The server makes no backup then, because a full disk would stop issuance. Both
   * figures are in bytes.
   */
  | { readonly reason: 'no_room_for_backup'; readonly needed: number; readonly free: number }

export interface Backups {
  /** Makes a backup while the server goes on issuing tokens. Throws `StoreUnavailable` for every other failure. */
  make(): Promise<Result<Backup, BackupRefusal>>
}
