// The rule for the session that begins at a sign-in, and for the sessions that end then. Pure: the store stages the
// result.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { OperatorState, UpdateOfOperator } from './operator-change.ts'
import { type Session, sessionEndsAt } from './session.ts'
import type { EpochSeconds } from './slot.ts'

export interface NewSession {
  readonly session: Session
  /** The hash that the server compared the password with. */
  readonly passwordHash: string
  /**
   * The new hash of the password, if `passwordHash` was made without a key. If it is undefined, `passwordHash` stays.
   */
  readonly rekeyedHash: string | undefined
  /**
   * The hash of the session cookie that the browser had before. The sign-in ends that session, because another person
   * may have the cookie.
   */
  readonly replaced: string | undefined
}

/** The operator was disabled or removed, or the password changed, during the sign-in. */
export type SignInOutdated = { readonly reason: 'sign_in_outdated' }

export const MOST_SESSIONS = 20

/** Begins a session. If the operator has `MOST_SESSIONS` already, the least recently used one ends. */
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
