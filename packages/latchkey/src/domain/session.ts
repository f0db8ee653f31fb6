// The session of a signed-in browser. The server stores only the hash of the session cookie. A session ends after 30
// minutes without activity, and 12 hours after the sign-in at the latest.
import type { EpochSeconds } from './slot.ts'

export interface Session {
  /** The id, `ses_…`, by which logs and the API name the session. The id does not authenticate requests. */
  readonly id: string
  /** The hash of the session cookie, as `SessionVault.hashOfSession` returns it. */
  readonly hash: string
  readonly operatorId: string
  readonly createdAt: EpochSeconds
  readonly lastSeenAt: EpochSeconds
  /** The address of the browser at sign-in. */
  readonly address: string
  readonly userAgent: string
}

/** A session ends after this number of seconds without a request that the operator caused. */
export const IDLE_SECONDS = 30 * 60
/** Every session ends this number of seconds after its sign-in. */
export const ABSOLUTE_SECONDS = 12 * 3600

/** Returns the first second in which the server rejects the session, if the browser does not use the session before. */
export const sessionEndsAt = ({ createdAt, lastSeenAt }: Pick<Session, 'createdAt' | 'lastSeenAt'>): EpochSeconds =>
  Math.min(lastSeenAt + IDLE_SECONDS, createdAt + ABSOLUTE_SECONDS)
