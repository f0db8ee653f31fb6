// Removes an operator. Ends the operator's sessions and set-up link.
import type { Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { auditedOperator, operatorTarget } from '../domain/audited-operator.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { RequestedOperator, LastOwner, UnknownOperator } from '../domain/operator-change.ts'
import type { Operators } from '../ports/operators.ts'

/** Removes the operator, unless the operator is the last owner who can sign in. Throws `StoreUnavailable`. */
export const removeOperator = (
  { operators }: { readonly operators: Operators },
  by: Actor,
  requested: RequestedOperator,
): Promise<Result<void, UnknownOperator | VersionConflict | LastOwner>> =>
  operators.remove(requested, (operator) => ({
    event: 'operator.removed',
    actor: by,
    target: operatorTarget(operator),
    before: auditedOperator(operator),
    after: {},
  }))
