// Makes a set-up link with which an operator chooses a new password. The old password stays valid until the operator
// has chosen a new password.
import { accept, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { operatorTarget } from '../domain/audited-operator.ts'
import { INVITATION_SECONDS, SET_UP_SECONDS } from '../domain/set-up-link.ts'
import type { OperatorDisabled, UnknownOperator } from '../domain/operator-change.ts'
import type { LinkPorts } from './create-set-up-link.ts'
import type { InvitedOperator } from './invite-operator.ts'

/**
 * Makes the link. An operator who has no password yet gets a link with the lifetime of an invitation. Throws
 * `StoreUnavailable`.
 */
export async function resetOperator(
  { operators, sessionVault, clock }: LinkPorts,
  by: Actor,
  operatorId: string,
): Promise<Result<InvitedOperator, UnknownOperator | OperatorDisabled>> {
  const { text: code, hash } = sessionVault.newCode()
  const isInvited = operators.find(operatorId)?.passwordHash === undefined
  const expiresAt = clock.now() + (isInvited ? INVITATION_SECONDS : SET_UP_SECONDS)
  const made = await operators.putLink({ hash, operatorId, expiresAt }, (operator) => ({
    event: 'operator.reset',
    actor: by,
    target: operatorTarget(operator),
    before: {},
    after: {},
  }))
  return made.ok ? accept({ operator: made.value, code, expiresAt }) : made
}
