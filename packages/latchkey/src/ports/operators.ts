// The people who administer this server, and the links by which they choose their passwords.
import type { Result } from '@latchkey/protocol'
import type { VersionConflict } from '../domain/at-version.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type {
  AskedOperator,
  ChosenPassword,
  CodeUnusable,
  LastOwner,
  OperatorChange,
  OperatorDisabled,
  OperatorExists,
  OwnerExists,
  UnknownOperator,
} from '../domain/operator-change.ts'
import type { Operator } from '../domain/operator.ts'
import type { SetUpLink } from '../domain/set-up-link.ts'

export interface NewPassword extends ChosenPassword {
  readonly audit: (operator: Operator) => readonly AuditRecord[]
}

export interface Operators {
  /** The oldest first. */
  all(): readonly Operator[]
  find(id: string): Operator | undefined
  findByEmail(email: string): Operator | undefined
  /** Also one that is over by time. */
  findLink(hash: string): SetUpLink | undefined
  /** Adds the operator with the link that lets them in. Throws `StoreUnavailable`. */
  invite(operator: Operator, link: SetUpLink, audit: AuditRecord): Promise<Result<void, OperatorExists | LimitReached>>
  /** One who is disabled is signed out everywhere, and their link ends. Throws `StoreUnavailable`. */
  change(
    asked: AskedOperator,
    change: OperatorChange,
    audit: (before: Operator, after: Operator) => readonly AuditRecord[],
  ): Promise<Result<Operator, UnknownOperator | VersionConflict | LastOwner>>
  /** With all sessions and the link. Throws `StoreUnavailable`. */
  remove(
    asked: AskedOperator,
    audit: (operator: Operator) => AuditRecord,
  ): Promise<Result<void, UnknownOperator | VersionConflict | LastOwner>>
  /** Puts a new link in the place of the operator's last one. Throws `StoreUnavailable`. */
  putLink(
    link: SetUpLink & { readonly operatorId: string },
    audit: (operator: Operator) => AuditRecord,
  ): Promise<Result<Operator, UnknownOperator | OperatorDisabled>>
  /** Puts a new link for the first owner in the place of the last one. Throws `StoreUnavailable`. */
  putFirstLink(link: SetUpLink, audit: readonly AuditRecord[]): Promise<Result<void, OwnerExists>>
  /**
   * Uses up the link for the first owner: two who use it at once make one owner. If an operator has the owner's e-mail,
   * that operator becomes the owner, and `owner` must have the same id: a password is hashed for one id. Otherwise
   * nothing changes, and the refusal is `operator_exists`. Throws `StoreUnavailable`.
   */
  createFirstOwner(
    linkHash: string,
    owner: Operator,
    password: NewPassword,
  ): Promise<Result<Operator, CodeUnusable | OperatorExists>>
  /** Uses up the link of an operator, sets their password and ends their other sessions. Throws `StoreUnavailable`. */
  setPassword(linkHash: string, password: NewPassword): Promise<Result<Operator, CodeUnusable>>
}
