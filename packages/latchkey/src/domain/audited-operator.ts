// The members of an operator that the audit trail records. Passwords, their hashes and the codes of set-up links are
// not among them.
import type { Actor, AuditTarget, JsonObject } from './audit-event.ts'
import { type Operator, operatorStatus } from './operator.ts'

export const auditedOperator = (operator: Operator): JsonObject => ({
  role: operator.role,
  status: operatorStatus(operator),
})

export const operatorTarget = ({ id, email }: Pick<Operator, 'id' | 'email'>): AuditTarget => ({
  kind: 'operator',
  id,
  name: email,
})

/** The target of audit events about the set-up link for the first owner, who does not exist yet. */
export const SET_UP_TARGET: AuditTarget = { kind: 'server', id: 'server', name: 'set-up' }

/**
 * Returns the author of a change that an operator makes in the console, with the address, user agent and id of the
 * request.
 */
export const operatorActor = (
  { id, email }: Pick<Operator, 'id' | 'email'>,
  { address, userAgent, requestId }: Pick<Actor, 'address' | 'userAgent' | 'requestId'>,
): Actor => ({ kind: 'operator', id, name: email, address, userAgent, requestId })
