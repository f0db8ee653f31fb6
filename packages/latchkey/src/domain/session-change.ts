// The rule for a sign-in: which session begins, and which sessions end. The function is pure: the caller stores the
// result.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { OperatorState, UpdateOfOperator } from './operator-change.ts'
import { type Session, sessionEndsAt } from './session.ts'
import type { EpochSeconds } from './slot.ts'

export interface NewSession {
  readonly session: Session
  /** The stored hash with which the server compared the password. */
  readonly passwordHash: string
  /**
   * A new hash of the same password, if `passwordHash` was computed without a key. Undefined if `passwordHash` stays.
   */
  readonly rekeyedHash: string | undefined
  /**
   * The hash of the session cookie that the browser sent with the sign-in. The sign-in ends that session, because
   * another person may know the cookie. Undefined if the browser sent no cookie.
   */
  readonly replaced: string | undefined
}

/** The operator was disabled or removed, or the password changed, during the sign-in. */
export type SignInOutdated = { readonly reason: 'sign_in_outdated' }

export const MOST_SESSIONS = 20

/** Begins a session. If the operator already has `MOST_SESSIONS` sessions, ends the least recently used session. */
export function beginSession(
  { operators, sessions }: OperatorState,
  { session, passwordHash, rekeyedHash = passwordHash, replaced }: NewSession,
  now: EpochSeconds,
): Result<UpdateOfOperator, SignInOutdated> {
  const before = operators.find(({ id }) => id === session.operatorId)
  if (before === undefined || before.disabled || before.passwordHash !== passwordHash) {
    return refuse({ reason: 'sign_in_outdated' })
  }
  const all = [...sessions.values()]
  const over = all.filter((other) => now >= sessionEndsAt(other) || other.hash === replaced)
  const kept = all.filter((other) => other.operatorId === before.id && !over.includes(other))
  const longestUnused = kept.toSorted((one, other) => one.lastSeenAt - other.lastSeenAt)
  const crowded = longestUnused.slice(0, Math.max(0, kept.length + 1 - MOST_SESSIONS))
  const operator = { ...before, passwordHash: rekeyedHash, lastSignInAt: session.createdAt }
  return accept({ operator, put: operator, session, endedSessions: [...over, ...crowded] })
}
