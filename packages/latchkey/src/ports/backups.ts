// Backups of the store: a copy of all that it holds, as it was in one moment.
import type { Result } from '@latchkey/protocol'
import type { EpochSeconds } from '../domain/slot.ts'

/** Made and checked, not yet handed out. It is read once or dropped; either lets go of the room that it takes. */
export interface Backup {
  /** Its length. */
  readonly bytes: number
  /** It holds every change that was acknowledged before this moment. */
  readonly madeAt: EpochSeconds
  /** SHA-256 of all bytes, in hexadecimal digits. */
  readonly sha256: string
  /** Once. Throws when it cannot be read to its end; what was read by then is no backup. */
  read(): AsyncIterable<Uint8Array>
  /** Without reading it. May be called again, and after it was read. */
  drop(): Promise<void>
}

/** A text and its seal, an HMAC-SHA-256 in hexadecimal digits. */
export interface SealedText {
  readonly text: string
  readonly mac: string
}

/** Makes and checks seals under a key that is derived from the master key. */
export interface BackupSealing {
  /** Returns the `mac` of the text. */
  seal(text: string): string
  /** True if the text was sealed under the same master key. */
  fits(sealed: SealedText): boolean
}

export type BackupRefusal =
  /** The store is in a database that has backups of its own. */
  | { readonly reason: 'backed_up_elsewhere' }
  /** One at a time: each takes as much room on the disk as the store. */
  | { readonly reason: 'backup_under_way' }
  /** Tokens that cannot be recorded would be the price. In bytes. */
  | { readonly reason: 'no_room_for_backup'; readonly needed: number; readonly free: number }

export interface Backups {
  /** Makes one, while tokens are issued. Throws `StoreUnavailable` when it could not be made for any other reason. */
  make(): Promise<Result<Backup, BackupRefusal>>
}
