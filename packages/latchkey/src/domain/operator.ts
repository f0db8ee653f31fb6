// A person who administers the server: what is known of them, and whether they can sign in at this moment.
import type { AdminRole } from './admin-role.ts'
import type { EpochSeconds } from './slot.ts'

export interface Operator {
  /** `opr_…` */
  readonly id: string
  /** As `readEmail` makes it: two operators never have the same. */
  readonly email: string
  readonly role: AdminRole
  /** Undefined until the invitation was taken up. */
  readonly passwordHash: string | undefined
  readonly disabled: boolean
  /** Counts the changes of role and status. */
  readonly version: number
  readonly createdAt: EpochSeconds
  readonly lastSignInAt: EpochSeconds | undefined
}

export type OperatorStatus = 'active' | 'invited' | 'disabled'

export function operatorStatus({
  passwordHash,
  disabled,
}: Pick<Operator, 'passwordHash' | 'disabled'>): OperatorStatus {
  if (disabled) return 'disabled'
  return passwordHash === undefined ? 'invited' : 'active'
}

/** One who can sign in and do everything. */
export const isActiveOwner = (operator: Operator): boolean =>
  operator.role === 'owner' && operatorStatus(operator) === 'active'

/** A change may not leave the server without an owner who can sign in, once there was one. */
export const losesLastOwner = (before: readonly Operator[], after: readonly Operator[]): boolean =>
  before.some(isActiveOwner) && !after.some(isActiveOwner)
