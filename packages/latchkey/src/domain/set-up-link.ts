// A set-up link works once. With it the first owner, an invited operator, or an operator who lost the password chooses
// a password.
import type { EpochSeconds } from './slot.ts'

export interface SetUpLink {
  /** The result of `SessionVault.hashOfCode`. */
  readonly hash: string
  /** The operator whose password the link sets. Undefined if the link makes the first owner. */
  readonly operatorId: string | undefined
  /** The first second in which the link is rejected. */
  readonly expiresAt: EpochSeconds
}

/** The lifetime of a link for the first owner or for a lost password. Such a link is used soon. */
export const SET_UP_SECONDS = 3600
/** The lifetime of an invitation. The invited operator may be away for a weekend. */
export const INVITATION_SECONDS = 72 * 3600
