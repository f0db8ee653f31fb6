// The session of a signed-in browser. The server stores the hash of its cookie. A session ends when it was idle too
// long, or 12 hours after sign-in.
import type { EpochSeconds } from './slot.ts'

export interface Session {
  /** The id, `ses_…`. It names the session, but authenticates no request. */
  readonly id: string
  /** The result of `SessionVault.hashOfSession`. */
  readonly hash: string
  readonly operatorId: string
  readonly createdAt: EpochSeconds
  readonly lastSeenAt: EpochSeconds
  /** The address of the browser at sign-in. */
  readonly address: string
  readonly userAgent: string
}

/** A session ends after this time without a request that the operator caused. */
export const IDLE_SECONDS = 30 * 60
/** Every session ends this long after sign-in. */
export const ABSOLUTE_SECONDS = 12 * 3600

/** Returns the first second in which the session is rejected, if the browser does not use it until then. */
export const sessionEndsAt = ({ createdAt, lastSeenAt }: Pick<Session, 'createdAt' | 'lastSeenAt'>): EpochSeconds =>
  Math.min(lastSeenAt + IDLE_SECONDS, createdAt + ABSOLUTE_SECONDS)
