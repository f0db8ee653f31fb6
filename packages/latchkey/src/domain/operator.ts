// An operator who signs in with a password, and the operator's status.
import type { AdminRole } from './admin-role.ts'
import type { EpochSeconds } from './slot.ts'

export interface Operator {
  /** The id, which begins with `opr_`. */
  readonly id: string
  /** The e-mail address in the form that `readEmail` returns. Unique among operators. */
  readonly email: string
  readonly role: AdminRole
  /** The hash of the password. Undefined until the operator has chosen a password. */
  readonly passwordHash: string | undefined
  readonly disabled: boolean
  /** The version. It grows with every change of role and status. */
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

/** Returns true for an owner who can sign in. */
export const isActiveOwner = (operator: Operator): boolean =>
  operator.role === 'owner' && operatorStatus(operator) === 'active'

/** Returns true if the change would remove the last owner who can sign in. */
export const losesLastOwner = (before: readonly Operator[], after: readonly Operator[]): boolean =>
  before.some(isActiveOwner) && !after.some(isActiveOwner)
