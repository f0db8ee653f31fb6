// Signs an operator out: ends one session or all sessions. The server then rejects the cookies of the ended sessions.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { operatorTarget } from '../domain/audited-operator.ts'
import type { Operator } from '../domain/operator.ts'
import type { UnknownOperator } from '../domain/operator-change.ts'
import type { Operators } from '../ports/operators.ts'
import type { Sessions } from '../ports/sessions.ts'

export interface EndSessionsPorts {
  readonly operators: Operators
  readonly sessions: Sessions
}

export type UnknownSession = { readonly reason: 'unknown_session' }

/** Ends one session of an operator. Throws `StoreUnavailable`. */
export async function endSession(
  { operators, sessions }: EndSessionsPorts,
  by: Actor,
  { operatorId, sessionId }: { readonly operatorId: string; readonly sessionId: string },
): Promise<Result<void, UnknownOperator | UnknownSession>> {
  const operator = operators.find(operatorId)
  if (operator === undefined) return refuse({ reason: 'unknown_operator' })
  const ended = await sessions.end(operatorId, sessionId, signedOut(by, operator, sessionId))
  return ended ? accept(undefined) : refuse({ reason: 'unknown_session' })
}

/** Ends all sessions of an operator. Throws `StoreUnavailable`. */
export const endAllSessions = ({ sessions }: EndSessionsPorts, by: Actor, operator: Operator): Promise<void> =>
  sessions.endAll(operator.id, signedOut(by, operator, 'all'))

const signedOut = (actor: Actor, operator: Operator, which: string): AuditRecord => ({
  event: 'operator.signed_out',
  actor,
  target: operatorTarget(operator),
  before: { session: which },
  after: {},
})
