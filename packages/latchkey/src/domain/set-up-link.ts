// A set-up link: a URL that works once and lets its recipient choose a password. The recipient is the first owner, an
// invited operator, or an operator who lost the password.
import type { EpochSeconds } from './slot.ts'

export interface SetUpLink {
  /** The hash of the code, as `SessionVault.hashOfCode` returns it. */
  readonly hash: string
  /** The operator whose password the link sets. Undefined if the link creates the first owner. */
  readonly operatorId: string | undefined
  /** The first second in which the link is rejected. */
  readonly expiresAt: EpochSeconds
}

/**
 * The lifetime of a link for the first owner or for a lost password, in seconds. It is short because the recipient uses
 * such a link at once.
 */
export const SET_UP_SECONDS = 3600
/** The lifetime of an invitation, in seconds. It covers a weekend, on which the invited operator may be away. */
export const INVITATION_SECONDS = 72 * 3600
