// The note that a restore leaves in the store for the next start.
import type { EpochSeconds } from '../domain/slot.ts'
import type { SealedText } from '../ports/backups.ts'

/** Describes a restore that made the store older than it was before. */
export interface RestoreNote {
  /**
   * The generation floor that the restore set: all tokens with generations up to the floor have ended. If the store now
   * has a different floor, the note is outdated.
   */
  readonly floor: number
  /**
   * `restored`: the store was restored from a backup of Latchkey. `put_back`: the store was restored by other means.
   */
  readonly reason: 'restored' | 'put_back'
  readonly at: EpochSeconds
  /** The number of live tokens that the restore ended. */
  readonly tokens: number
  /** When the backup was made. Null if the time is unknown. */
  readonly madeAt: EpochSeconds | null
  /**
   * The seal of the restored backup, which the next start checks. `unsealed` if the operator accepted a backup without
   * a seal. Undefined if the store was restored by other means, or by a version of Latchkey without seals.
   */
  readonly backup?: SealedText | 'unsealed'
}
