// An operator as the audit trail tells it: never a password, its hash or a code.
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

/** The first owner before there was one. */
export const SET_UP_TARGET: AuditTarget = { kind: 'server', id: 'server', name: 'set-up' }

/** An operator who acts for themselves, as far as the request tells where. */
export const operatorActor = (
  { id, email }: Pick<Operator, 'id' | 'email'>,
  { address, userAgent, requestId }: Pick<Actor, 'address' | 'userAgent' | 'requestId'>,
): Actor => ({ kind: 'operator', id, name: email, address, userAgent, requestId })
