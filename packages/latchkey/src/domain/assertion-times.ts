// Compares the times in a client assertion with the clock of the server (RFC 7523 §3, items 4 to 6).
import type { AssertionParts } from '@latchkey/protocol'
import type { EpochSeconds } from './slot.ts'

/** The largest accepted difference between the clocks of client and server, in seconds. */
export const CLOCK_TOLERANCE = 30

type Times = Pick<AssertionParts, 'expiresAt' | 'issuedAt' | 'notBefore'>

/** Returns why the server does not accept the assertion at `now`. Undefined if the assertion is valid at `now`. */
export function timeProblem(
  { expiresAt, issuedAt, notBefore }: Times,
  now: EpochSeconds,
): 'assertion_expired' | 'assertion_not_yet' | undefined {
  if (now >= expiresAt + CLOCK_TOLERANCE) return 'assertion_expired'
  const begins = Math.max(issuedAt ?? 0, notBefore ?? 0)
  return begins > now + CLOCK_TOLERANCE ? 'assertion_not_yet' : undefined
}

/**
 * Returns true if the lifetime of the assertion is at most `lifetime` seconds, counted from its claim `iat`, or from
 * the present time if the assertion has no `iat`.
 */
export const isWithinLifetime = ({ expiresAt, issuedAt }: Times, lifetime: number, now: EpochSeconds): boolean =>
  issuedAt === undefined ? expiresAt <= now + lifetime + CLOCK_TOLERANCE : expiresAt - issuedAt <= lifetime

/** Returns the earliest time at which the client may have signed the assertion. */
export const signedFrom = ({ expiresAt, issuedAt }: Times, lifetime: number): EpochSeconds =>
  issuedAt ?? expiresAt - lifetime
