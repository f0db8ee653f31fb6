// The members of an operator that the audit trail records: never a password, its hash or a code.
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

/** The target of events about the first owner's set-up link, before that owner exists. */
export const SET_UP_TARGET: AuditTarget = { kind: 'server', id: 'server', name: 'set-up' }

/** Returns the actor for an operator's own act, with the address, agent and id of the request. */
export const operatorActor = (
  { id, email }: Pick<Operator, 'id' | 'email'>,
  { address, userAgent, requestId }: Pick<Actor, 'address' | 'userAgent' | 'requestId'>,
): Actor => ({ kind: 'operator', id, name: email, address, userAgent, requestId })
