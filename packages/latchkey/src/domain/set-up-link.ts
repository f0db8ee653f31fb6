// A set-up link: the first owner, an invited operator or an operator with a lost password chooses a password with it,
// once.
import type { EpochSeconds } from './slot.ts'

export interface SetUpLink {
  /** The result of `SessionVault.hashOfCode`. */
  readonly hash: string
  /** The operator whose password the link sets. Undefined if the link makes the first owner. */
  readonly operatorId: string | undefined
  /** The first second in which the link is rejected. */
  readonly expiresAt: EpochSeconds
}

/** For the first owner and for a lost password: such a link is used at once. */
export const SET_UP_SECONDS = 3600
/** An invited operator may be away for a weekend. */
export const INVITATION_SECONDS = 72 * 3600
