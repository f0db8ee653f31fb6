// The port for operators, and for the set-up links with which they choose their passwords.
import type { Result } from '@latchkey/protocol'
import type { VersionConflict } from '../domain/at-version.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type {
  RequestedOperator,
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
  /** Returns all operators, the oldest first. */
  all(): readonly Operator[]
  find(id: string): Operator | undefined
  findByEmail(email: string): Operator | undefined
  /** Returns the link with this hash, even if it has expired. */
  findLink(hash: string): SetUpLink | undefined
  /** Adds an operator with the set-up link for the first sign-in. Throws `StoreUnavailable`. */
  invite(operator: Operator, link: SetUpLink, audit: AuditRecord): Promise<Result<void, OperatorExists | LimitReached>>
  /** Changes an operator. Disabling also ends the operator's sessions and set-up link. Throws `StoreUnavailable`. */
  change(
    requested: RequestedOperator,
    change: OperatorChange,
    audit: (before: Operator, after: Operator) => readonly AuditRecord[],
  ): Promise<Result<Operator, UnknownOperator | VersionConflict | LastOwner>>
  /** Deletes an operator with all sessions and the set-up link. Throws `StoreUnavailable`. */
  remove(
    requested: RequestedOperator,
    audit: (operator: Operator) => AuditRecord,
  ): Promise<Result<void, UnknownOperator | VersionConflict | LastOwner>>
  /** Ends the operator's old set-up link and adds `link`. Throws `StoreUnavailable`. */
  putLink(
    link: SetUpLink & { readonly operatorId: string },
    audit: (operator: Operator) => AuditRecord,
  ): Promise<Result<Operator, UnknownOperator | OperatorDisabled>>
  /** Ends the old set-up link for the first owner and adds `link`. Throws `StoreUnavailable`. */
  putFirstLink(link: SetUpLink, audit: readonly AuditRecord[]): Promise<Result<void, OwnerExists>>
  /**
   * Creates the first owner and ends the link. Two concurrent uses of the link create only one owner. If an operator
   * with the e-mail of `owner` exists, this operator becomes the owner. The caller must then pass the id of this
   * operator in `owner`, because the hash of a password is valid for one id only. For another id, the refusal is
   * `operator_exists`, and nothing changes. Throws `StoreUnavailable`.
   */
  createFirstOwner(
    linkHash: string,
    owner: Operator,
    password: NewPassword,
  ): Promise<Result<Operator, CodeUnusable | OperatorExists>>
  /**
   * Sets the password of the operator to whom the link belongs, ends the link, and ends the operator's earlier
   * sessions. Throws `StoreUnavailable`.
   */
  setPassword(linkHash: string, password: NewPassword): Promise<Result<Operator, CodeUnusable>>
}
