// The people who administer this server, and the links by which they choose their passwords.
import type { Result } from '@latchkey/protocol'
import type { AdminRole } from '../domain/admin-role.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { Operator } from '../domain/operator.ts'
import type { Session } from '../domain/session.ts'
import type { SetUpLink } from '../domain/set-up-link.ts'
import type { LimitReached } from './catalog.ts'
import type { VersionConflict } from './integrations.ts'

export type UnknownOperator = { readonly reason: 'unknown_operator' }
export type OperatorExists = { readonly reason: 'operator_exists' }
export type OperatorDisabled = { readonly reason: 'operator_disabled' }
/** Without them nobody who signs in could administer operators any more. */
export type LastOwner = { readonly reason: 'last_owner' }
/** Somebody set the server up already. */
export type OwnerExists = { readonly reason: 'owner_exists' }
/** Never made, used, replaced by a newer one, or over: which, is not told. */
export type CodeUnusable = { readonly reason: 'code_unusable' }

export interface OperatorChange {
  readonly role?: AdminRole
  readonly disabled?: boolean
}

export interface AskedOperator {
  readonly id: string
  /** The version that the caller looked at; undefined: any. */
  readonly version: number | undefined
}

export interface NewPassword {
  readonly hash: string
  /** The session that begins with it. Its `operatorId` is that of the operator. */
  readonly session: Session
  /** The hash of the session that the browser had before: it ends. */
  readonly replaced: string | undefined
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
