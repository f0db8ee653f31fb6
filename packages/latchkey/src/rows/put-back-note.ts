// The note that a restore leaves in the store for the next start.
import type { EpochSeconds } from '../domain/slot.ts'
import type { SealedText } from '../ports/backups.ts'

/** How a store came to be an older one than it was. */
export interface PutBackNote {
  /** The floor that it speaks of: another one was raised by something else since. */
  readonly floor: number
  /** `restored` from a backup of ours, `put_back` by other means. */
  readonly reason: 'restored' | 'put_back'
  readonly at: EpochSeconds
  /** Live tokens that ended with it. */
  readonly tokens: number
  /** When the backup was made; null when that is not known. */
  readonly madeAt: EpochSeconds | null
  /**
   * The seal of the backup that the store was restored from, for the next start to judge. `unsealed` if the backup had no
   * seal and was accepted. Undefined if no backup is known, or if a version before seals restored it.
   */
  readonly backup?: SealedText | 'unsealed'
}
