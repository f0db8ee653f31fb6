// Invites an operator. The result contains the code of the set-up link with which the operator chooses a password.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { AdminRole } from '../domain/admin-role.ts'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { auditedOperator, operatorTarget } from '../domain/audited-operator.ts'
import { readEmail } from '../domain/email.ts'
import type { Operator } from '../domain/operator.ts'
import { INVITATION_SECONDS } from '../domain/set-up-link.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { OperatorExists } from '../domain/operator-change.ts'
import type { Random } from '../ports/random.ts'
import type { LinkPorts, NewLink } from './create-set-up-link.ts'
import { identifier } from './identifier.ts'

export interface InvitedOperator extends NewLink {
  readonly operator: Operator
}

export type InviteRefusal = OperatorExists | LimitReached | { readonly reason: 'email_unusable' }

/** Adds the operator. Throws `StoreUnavailable`. */
export async function inviteOperator(
  { operators, sessionVault, clock, random }: LinkPorts & { readonly random: Random },
  by: Actor,
  { email: text, role }: { readonly email: string; readonly role: AdminRole },
): Promise<Result<InvitedOperator, InviteRefusal>> {
  const email = readEmail(text)
  if (email === undefined) return refuse({ reason: 'email_unusable' })
  const now = clock.now()
  const id = `opr_${identifier(random, now)}`
  const started = { version: 1, createdAt: now, lastSignInAt: undefined }
  const operator: Operator = { id, email, role, passwordHash: undefined, disabled: false, ...started }
  const { text: code, hash } = sessionVault.newCode()
  const expiresAt = now + INVITATION_SECONDS
  const target = operatorTarget(operator)
  const audit: AuditRecord = {
    event: 'operator.invited',
    actor: by,
    target,
    before: {},
    after: auditedOperator(operator),
  }
  const invited = await operators.invite(operator, { hash, operatorId: id, expiresAt }, audit)
  return invited.ok ? accept({ operator, code, expiresAt }) : invited
}
