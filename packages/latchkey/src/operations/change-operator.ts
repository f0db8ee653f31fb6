// Changes the role of an operator, or disables or enables the operator.
import type { Result } from '@latchkey/protocol'
import { type Actor, type AuditEventName, type AuditRecord, changedMembers } from '../domain/audit-event.ts'
import { auditedOperator, operatorTarget } from '../domain/audited-operator.ts'
import type { Operator } from '../domain/operator.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { RequestedOperator, LastOwner, OperatorChange, UnknownOperator } from '../domain/operator-change.ts'
import type { Operators } from '../ports/operators.ts'

/**
 * Changes an operator. Disabling also ends the operator's sessions and set-up link at once. Throws `StoreUnavailable`.
 */
export const changeOperator = (
  { operators }: { readonly operators: Operators },
  by: Actor,
  { change, ...requested }: RequestedOperator & { readonly change: OperatorChange },
): Promise<Result<Operator, UnknownOperator | VersionConflict | LastOwner>> =>
  operators.change(requested, change, (before, after): readonly AuditRecord[] => {
    const events: AuditEventName[] = []
    if (before.role !== after.role) events.push('operator.role_changed')
    if (before.disabled !== after.disabled) events.push(after.disabled ? 'operator.disabled' : 'operator.enabled')
    const changed = changedMembers(auditedOperator(before), auditedOperator(after))
    return events.map((event) => ({ event, actor: by, target: operatorTarget(after), ...changed }))
  })
