// The rule by which a session begins at a sign-in, and which others end by it. Pure: the store stages the result.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { OperatorState, UpdateOfOperator } from './operator-change.ts'
import { type Session, sessionEndsAt } from './session.ts'
import type { EpochSeconds } from './slot.ts'

export interface NewSession {
  readonly session: Session
  /** The hash that the operator's password was compared with. */
  readonly passwordHash: string
  /** Replaces `passwordHash`, which was made without a key. Undefined to keep `passwordHash`. */
  readonly rekeyedHash: string | undefined
  /** The hash of the session that the browser had before. It ends: somebody else may know it. */
  readonly replaced: string | undefined
}

/** The operator is disabled or gone, or has another password by now. */
export type SignInOutdated = { readonly reason: 'sign_in_outdated' }

export const MOST_SESSIONS = 20

/** Beyond `MOST_SESSIONS` the operator's session that was not used for longest ends. */
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
