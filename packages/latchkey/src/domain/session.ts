// A signed-in browser: known by the hash of its cookie, over after a while without use, and in any case after a day's work.
import type { EpochSeconds } from './slot.ts'

export interface Session {
  /** `ses_…`: names it, opens nothing. */
  readonly id: string
  /** As `SessionVault.hashOfSession` makes it. */
  readonly hash: string
  readonly operatorId: string
  readonly createdAt: EpochSeconds
  readonly lastSeenAt: EpochSeconds
  /** Where it began. */
  readonly address: string
  readonly userAgent: string
}

/** Without a request that somebody meant. */
export const IDLE_SECONDS = 30 * 60
/** From sign-in, whatever happens. */
export const ABSOLUTE_SECONDS = 12 * 3600

/** The first second in which it is no longer accepted, if it is not used until then. */
export const sessionEndsAt = ({ createdAt, lastSeenAt }: Pick<Session, 'createdAt' | 'lastSeenAt'>): EpochSeconds =>
  Math.min(lastSeenAt + IDLE_SECONDS, createdAt + ABSOLUTE_SECONDS)
