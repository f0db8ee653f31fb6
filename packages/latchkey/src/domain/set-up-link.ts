// A link that lets somebody choose a password once: the first owner, one who was invited, one whose password is lost.
import type { EpochSeconds } from './slot.ts'

export interface SetUpLink {
  /** As `SessionVault.hashOfCode` makes it. */
  readonly hash: string
  /** Whose password it sets; undefined: makes the first owner. */
  readonly operatorId: string | undefined
  /** The first second in which it is no longer accepted. */
  readonly expiresAt: EpochSeconds
}

/** A set-up link and one for a lost password are used at once; who is invited may be away for a weekend. */
export const SET_UP_SECONDS = 3600
export const INVITATION_SECONDS = 72 * 3600
