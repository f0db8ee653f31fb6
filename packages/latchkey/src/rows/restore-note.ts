// The note that a restore leaves in the store for the next start.
import type { EpochSeconds } from '../domain/slot.ts'
import type { SealedText } from '../ports/backups.ts'

/** Why the store is older than it was before. */
export interface RestoreNote {
  /** The generation floor that the restore set. The note is outdated if the store has another floor. */
  readonly floor: number
  /** `restored`: from a backup that Latchkey made. `put_back`: by other means. */
  readonly reason: 'restored' | 'put_back'
  readonly at: EpochSeconds
  /** The number of live tokens that the restore ended. */
  readonly tokens: number
  /** When the backup was made. Null if that is unknown. */
  readonly madeAt: EpochSeconds | null
  /**
   * The seal of the restored backup, which the next start checks. `unsealed` if the backup had no seal and was
   * accepted. Undefined if no backup is known, or if a version without seals restored it.
   */
  readonly backup?: SealedText | 'unsealed'
}
