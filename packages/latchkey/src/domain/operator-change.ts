// The rules for changes of operators and set-up links. The functions are pure: the caller stores the result.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { AdminRole } from './admin-role.ts'
import { atVersion, type VersionConflict } from './at-version.ts'
import type { LimitReached } from './limit-reached.ts'
import { isActiveOwner, losesLastOwner, type Operator } from './operator.ts'
import type { Session } from './session.ts'
import type { SetUpLink } from './set-up-link.ts'
import type { EpochSeconds } from './slot.ts'

/** A snapshot of the operators, their sessions and the open set-up links. */
export interface OperatorState {
  /** The operators, the oldest first. */
  readonly operators: readonly Operator[]
  /** Sessions by the hash of their cookie, in the order of their creation. */
  readonly sessions: ReadonlyMap<string, Session>
  readonly links: readonly SetUpLink[]
}

/** The records that a change of operators adds, replaces and ends. */
export interface OperatorUpdate {
  /** The operator to store. It replaces the operator with the same id. If no operator has this id, it is added. */
  readonly put?: Operator
  readonly removed?: Operator
  readonly endedSessions?: readonly Session[]
  readonly endedLinks?: readonly SetUpLink[]
  readonly session?: Session
  readonly link?: SetUpLink
}

/** An update of one operator. `operator` is the record after the change. */
export interface UpdateOfOperator extends OperatorUpdate {
  readonly operator: Operator
}

/** The edit of one operator. `put` is missing if nothing changed. */
export interface EditedOperator extends UpdateOfOperator {
  readonly before: Operator
}

export interface OperatorChange {
  readonly role?: AdminRole
  readonly disabled?: boolean
}

export interface RequestedOperator {
  readonly id: string
  /** The version that the caller read. If it is undefined, any version is accepted. */
  readonly version: number | undefined
}

/** A password that was chosen with a set-up link, and the session that begins with it. */
export interface ChosenPassword {
  readonly hash: string
  /** The new session. `operatorId` is set to the operator who gets the password. */
  readonly session: Session
  /** The hash of the session cookie that the browser had before. The change ends that session. */
  readonly replaced: string | undefined
}

export interface FirstOwner {
  readonly linkHash: string
  readonly owner: Operator
  readonly password: ChosenPassword
}

export type UnknownOperator = { readonly reason: 'unknown_operator' }
export type OperatorExists = { readonly reason: 'operator_exists' }
export type OperatorDisabled = { readonly reason: 'operator_disabled' }
/** The operator is the last owner who can sign in. Without an owner, no operator could administer other operators. */
export type LastOwner = { readonly reason: 'last_owner' }
/** The server already has an owner. */
export type OwnerExists = { readonly reason: 'owner_exists' }
/**
 * The set-up link never existed, was used or replaced, or has expired. All cases have the same reason, so that guessing
 * reveals nothing.
 */
export type CodeUnusable = { readonly reason: 'code_unusable' }

export const MOST_OPERATORS = 200

/** Adds an operator with the set-up link for the first sign-in. */
export function addOperator(
  { operators }: OperatorState,
  operator: Operator,
  link: SetUpLink,
): Result<OperatorUpdate, OperatorExists | LimitReached> {
  if (operators.some(({ email }) => email === operator.email)) return refuse({ reason: 'operator_exists' })
  if (operators.length >= MOST_OPERATORS) return refuse({ reason: 'limit_reached', most: MOST_OPERATORS })
  return accept({ put: operator, link })
}

/** Changes an operator. Disabling also ends the operator's sessions and set-up link. */
export function editOperator(
  state: OperatorState,
  requested: RequestedOperator,
  change: OperatorChange,
): Result<EditedOperator, UnknownOperator | VersionConflict | LastOwner> {
  const found = findOperator(state, requested)
  if (!found.ok) return found
  const before = found.value
  const after = { ...before, ...change, version: before.version + 1 }
  if (after.role === before.role && after.disabled === before.disabled) return accept({ before, operator: before })
  const others = state.operators.filter((operator) => operator !== before)
  if (losesLastOwner(state.operators, [...others, after])) return refuse({ reason: 'last_owner' })
  const ended = after.disabled ? heldBy(state, after.id) : {}
  return accept({ before, operator: after, put: after, ...ended })
}

/** Removes an operator with all sessions and the set-up link. */
export function removeOperator(
  state: OperatorState,
  requested: RequestedOperator,
): Result<UpdateOfOperator, UnknownOperator | VersionConflict | LastOwner> {
  const found = findOperator(state, requested)
  if (!found.ok) return found
  const operator = found.value
  const others = state.operators.filter((other) => other !== operator)
  if (losesLastOwner(state.operators, others)) return refuse({ reason: 'last_owner' })
  return accept({ operator, removed: operator, ...heldBy(state, operator.id) })
}

/** Ends the operator's old set-up link and adds `link`. */
export function replaceLink(
  { operators, links }: OperatorState,
  link: SetUpLink & { readonly operatorId: string },
): Result<UpdateOfOperator, UnknownOperator | OperatorDisabled> {
  const operator = operators.find(({ id }) => id === link.operatorId)
  if (operator === undefined) return refuse({ reason: 'unknown_operator' })
  if (operator.disabled) return refuse({ reason: 'operator_disabled' })
  return accept({ operator, link, endedLinks: linksOf(links, operator.id) })
}

/** Ends the old set-up link for the first owner and adds `link`. Refuses if an owner can already sign in. */
export function replaceFirstLink(
  { operators, links }: OperatorState,
  link: SetUpLink,
): Result<OperatorUpdate, OwnerExists> {
  if (operators.some(isActiveOwner)) return refuse({ reason: 'owner_exists' })
  return accept({ link, endedLinks: linksOf(links, undefined) })
}

/**
 * Creates the first owner and ends the link. If an operator already has the e-mail of `owner`, that operator becomes
 * the owner. `owner` must then have the id of that operator, because the hash of a password is valid for one id only.
 */
export function addFirstOwner(
  state: OperatorState,
  { linkHash, owner, password }: FirstOwner,
  now: EpochSeconds,
): Result<UpdateOfOperator, CodeUnusable | OperatorExists> {
  const link = usableLink(state, linkHash, now)
  const isFirst = link !== undefined && link.operatorId === undefined && !state.operators.some(isActiveOwner)
  if (!isFirst) return refuse({ reason: 'code_unusable' })
  const invited = state.operators.find(({ email }) => email === owner.email)
  if (invited !== undefined && invited.id !== owner.id) return refuse({ reason: 'operator_exists' })
  const becomes = invited && { ...invited, role: owner.role, disabled: false, version: invited.version + 1 }
  return accept(letIn(state, becomes ?? owner, { password, usedUp: linksOf(state.links, undefined) }))
}

/**
 * Sets the password of the operator to whom the link belongs, ends the link, and ends the operator's earlier sessions.
 */
export function setPassword(
  state: OperatorState,
  { linkHash, password }: Omit<FirstOwner, 'owner'>,
  now: EpochSeconds,
): Result<UpdateOfOperator, CodeUnusable> {
  const operatorId = usableLink(state, linkHash, now)?.operatorId
  const operator = operatorId === undefined ? undefined : state.operators.find(({ id }) => id === operatorId)
  if (operator === undefined || operator.disabled) return refuse({ reason: 'code_unusable' })
  // As soon as an owner can sign in, the link for the first owner must end, so that it cannot create another owner.
  const over = operator.role === 'owner' ? linksOf(state.links, undefined) : []
  return accept(letIn(state, { ...operator, version: operator.version + 1 }, { password, usedUp: over }))
}

/** Sets the password, begins a session, and ends the operator's earlier sessions and links. */
function letIn(
  { sessions, links }: OperatorState,
  operator: Operator,
  { password: { hash, session, replaced }, usedUp }: { password: ChosenPassword; usedUp: readonly SetUpLink[] },
): UpdateOfOperator & { readonly put: Operator } {
  const begun = { ...session, operatorId: operator.id }
  const after = { ...operator, passwordHash: hash, lastSignInAt: begun.createdAt }
  return {
    operator: after,
    put: after,
    endedLinks: [...usedUp, ...linksOf(links, operator.id)],
    endedSessions: [...sessions.values()].filter(
      (other) => other.operatorId === operator.id || other.hash === replaced,
    ),
    session: begun,
  }
}

function findOperator(
  { operators }: OperatorState,
  { id, version }: RequestedOperator,
): Result<Operator, UnknownOperator | VersionConflict> {
  const operator = operators.find((candidate) => candidate.id === id)
  return operator === undefined ? refuse({ reason: 'unknown_operator' }) : atVersion(operator, version)
}

const heldBy = ({ sessions, links }: OperatorState, id: string) => ({
  endedSessions: [...sessions.values()].filter(({ operatorId }) => operatorId === id),
  endedLinks: linksOf(links, id),
})

/** Returns the links of an operator. If `operatorId` is undefined, returns the links for the first owner. */
const linksOf = (links: readonly SetUpLink[], id: string | undefined): readonly SetUpLink[] =>
  links.filter(({ operatorId }) => operatorId === id)

const usableLink = ({ links }: OperatorState, hash: string, now: EpochSeconds): SetUpLink | undefined =>
  links.find((link) => link.hash === hash && now < link.expiresAt)
