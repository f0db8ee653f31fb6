// Signs an operator in. Takes the same steps for existing and for unknown accounts, so that the duration does not
// reveal which accounts exist.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { operatorActor, operatorTarget } from '../domain/audited-operator.ts'
import { readEmail } from '../domain/email.ts'
import type { Operator } from '../domain/operator.ts'
import type { Throttling } from '../domain/refusal.ts'
import type { Session } from '../domain/session.ts'
import type { Clock } from '../ports/clock.ts'
import type { FailedSignIns } from '../ports/failed-sign-ins.ts'
import type { Operators } from '../ports/operators.ts'
import type { Passwords, PasswordsBusy } from '../ports/passwords.ts'
import type { Random } from '../ports/random.ts'
import type { SessionVault } from '../ports/session-vault.ts'
import type { Sessions } from '../ports/sessions.ts'
import { identifier } from './identifier.ts'

/** The address, user agent and id of a request that is not authenticated yet. */
export type RequestSource = Pick<Actor, 'address' | 'userAgent' | 'requestId'>

export interface SignInPorts {
  readonly operators: Operators
  readonly sessions: Sessions
  readonly passwords: Passwords
  readonly sessionVault: SessionVault
  readonly failedSignIns: FailedSignIns
  readonly clock: Clock
  readonly random: Random
}

export interface SignInRequest {
  readonly email: string
  readonly password: Secret
  readonly from: RequestSource
  /** The session cookie that the browser sent. */
  readonly replaced: Secret | undefined
}

export interface BegunSignIn {
  readonly operator: Operator
  readonly session: Session
  /** The text of the new session, which becomes the value of the session cookie. */
  readonly text: Secret
}

export type SignInRefusal =
  /**
   * The sign-in failed. The reason is the same in all cases, so that guessing does not reveal which accounts exist.
   * `record` is the record for the audit trail.
   */
  | { readonly reason: 'sign_in_failed'; readonly record: AuditRecord | undefined }
  | ({ readonly reason: 'too_many_failures' } & Throttling)
  | PasswordsBusy

/** Checks the password and begins a session. Throws `StoreUnavailable`. */
export async function signIn(
  ports: SignInPorts,
  { email, password, from, replaced }: SignInRequest,
): Promise<Result<BegunSignIn, SignInRefusal>> {
  const { operators, sessions, passwords, sessionVault, failedSignIns } = ports
  const account = readEmail(email)
  const attempt = failedSignIns.begin(from.address, account ?? email)
  if (attempt.throttling !== undefined) return refuse({ reason: 'too_many_failures', ...attempt.throttling })
  const operator = account === undefined ? undefined : operators.findByEmail(account)
  const passwordHash = operator?.disabled === false ? operator.passwordHash : undefined
  const known = operator && passwordHash !== undefined ? { operatorId: operator.id, hash: passwordHash } : undefined
  const matches = await passwords.matches(password, known)
  if (!matches.ok || matches.value) attempt.takeBack()
  if (!matches.ok) return matches
  const failed = (): Result<never, SignInRefusal> =>
    refuse({ reason: 'sign_in_failed', record: attempt.isFirst ? failureRecord(operator, from) : undefined })
  if (!matches.value || operator === undefined || passwordHash === undefined) return failed()
  const { session, text } = newSession(ports, operator.id, from)
  const audit = signedInRecord(operator, from)
  const before = replaced && sessionVault.hashOfSession(replaced)
  const rekeyedHash = passwords.isKeyed(passwordHash) ? undefined : await hashAgain(passwords, password, operator.id)
  const begun = await sessions.begin(session, { passwordHash, rekeyedHash, replaced: before, audit })
  return begun ? accept({ operator, session, text }) : failed()
}

/**
 * Hashes a password again, because an older version of Latchkey made the stored hash without a key. Returns undefined
 * if the hashing queue is full. The next sign-in then tries again.
 */
async function hashAgain(passwords: Passwords, password: Secret, operatorId: string): Promise<string | undefined> {
  const hashed = await passwords.hash(password, operatorId)
  return hashed.ok ? hashed.value : undefined
}

export function newSession(
  { sessionVault, clock, random }: Pick<SignInPorts, 'sessionVault' | 'clock' | 'random'>,
  operatorId: string,
  { address, userAgent }: RequestSource,
): { readonly session: Session; readonly text: Secret } {
  const { text, hash } = sessionVault.newSession()
  const now = clock.now()
  const id = `ses_${identifier(random, now)}`
  return { session: { id, hash, operatorId, createdAt: now, lastSeenAt: now, address, userAgent }, text }
}

export const signedInRecord = (operator: Operator, from: RequestSource): AuditRecord => ({
  event: 'operator.signed_in',
  actor: operatorActor(operator, from),
  target: operatorTarget(operator),
  before: {},
  after: {},
})

/**
 * Returns the audit record of a failed sign-in. Undefined for an unknown account, because the operator may have typed a
 * password in the field for the account, and the record would reveal this password. The author of the record is the
 * server itself.
 */
const failureRecord = (operator: Operator | undefined, from: RequestSource): AuditRecord | undefined =>
  operator && {
    event: 'operator.sign_in_failed',
    actor: { ...from, kind: 'system', id: 'system', name: 'Latchkey' },
    target: operatorTarget(operator),
    before: {},
    after: {},
  }
