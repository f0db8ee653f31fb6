// Uses a set-up link: creates the first owner or sets the password of an operator, and signs the operator in.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import { auditedOperator, operatorActor, operatorTarget } from '../domain/audited-operator.ts'
import { readEmail } from '../domain/email.ts'
import type { Operator } from '../domain/operator.ts'
import { type PasswordProblem, passwordProblem } from '../domain/password.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { CodeUnusable } from '../domain/operator-change.ts'
import type { PasswordsBusy } from '../ports/passwords.ts'
import { identifier } from './identifier.ts'
import { type BegunSignIn, newSession, type RequestSource, signedInRecord, type SignInPorts } from './sign-in.ts'

type Ports = Omit<SignInPorts, 'failedSignIns' | 'sessions'>

export interface SetUpRequest {
  readonly code: Secret
  /** The e-mail of the first owner. Undefined for the link of an existing operator. */
  readonly email: string | undefined
  readonly password: Secret
  readonly from: RequestSource
  /** The session cookie that the browser sent. */
  readonly replaced: Secret | undefined
}

export type SetUpRefusal =
  | CodeUnusable
  | PasswordsBusy
  | { readonly reason: 'email_unusable' }
  | { readonly reason: 'password_unusable'; readonly problem: PasswordProblem }

/** A valid set-up link. */
export interface OpenLink {
  /** The operator who chooses a password. Undefined if the link is for the first owner. */
  readonly operator: Operator | undefined
  readonly expiresAt: EpochSeconds
}

export function findSetUpLink(
  { operators, sessionVault, clock }: Pick<Ports, 'operators' | 'sessionVault' | 'clock'>,
  code: Secret,
): Result<OpenLink, CodeUnusable> {
  const link = operators.findLink(sessionVault.hashOfCode(code))
  if (link === undefined || clock.now() >= link.expiresAt) return refuse({ reason: 'code_unusable' })
  const operator = link.operatorId === undefined ? undefined : operators.find(link.operatorId)
  return accept({ operator, expiresAt: link.expiresAt })
}

/**
 * Uses the link. Checks its code first, so that a caller without a valid code cannot make the server hash passwords.
 * Throws `StoreUnavailable`.
 */
export async function useSetUpLink(
  ports: Ports,
  { code, email, password, from, replaced }: SetUpRequest,
): Promise<Result<BegunSignIn, SetUpRefusal>> {
  const { operators, passwords, sessionVault, clock, random } = ports
  const link = findSetUpLink(ports, code)
  if (!link.ok) return link
  const { operator } = link.value
  const account = operator?.email ?? readEmail(email ?? '')
  if (account === undefined) return refuse({ reason: 'email_unusable' })
  const problem = passwordProblem(password.reveal(), account)
  if (problem !== undefined) return refuse({ reason: 'password_unusable', problem })
  const invited = operators.findByEmail(account)
  const owner: Operator =
    operator ??
    (invited === undefined
      ? newOwner(`opr_${identifier(random, clock.now())}`, account, clock.now())
      : { ...invited, role: 'owner', disabled: false })
  const hashed = await passwords.hash(password, owner.id)
  if (!hashed.ok) return hashed
  const { session, text } = newSession(ports, owner.id, from)
  const before = replaced && sessionVault.hashOfSession(replaced)
  const event = operator === undefined ? 'operator.created' : 'operator.password_set'
  const audit = (after: Operator): readonly AuditRecord[] => [
    {
      event,
      actor: operatorActor(after, from),
      target: operatorTarget(after),
      before: {},
      after: operator === undefined ? auditedOperator(after) : {},
    },
    signedInRecord(after, from),
  ]
  const newPassword = { hash: hashed.value, session, replaced: before, audit }
  const linkHash = sessionVault.hashOfCode(code)
  const done =
    operator === undefined
      ? await operators.createFirstOwner(linkHash, owner, newPassword)
      : await operators.setPassword(linkHash, newPassword)
  if (done.ok) return accept({ operator: done.value, session, text })
  // An operator with the same e-mail was invited while this call ran. The next call hashes the password for the id of
  // that operator.
  if (done.refusal.reason === 'operator_exists') return useSetUpLink(ports, { code, email, password, from, replaced })
  return refuse(done.refusal)
}

const newOwner = (id: string, email: string, createdAt: EpochSeconds): Operator => ({
  ...{ id, email, role: 'owner', passwordHash: undefined, disabled: false },
  ...{ version: 1, createdAt, lastSignInAt: undefined },
})
