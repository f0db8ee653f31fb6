// An admin key: what opens the admin API for a program. Only its hash is kept.
import type { AdminRole } from './admin-role.ts'
import type { EpochSeconds } from './slot.ts'

export interface AdminKey {
  /** `adk_…` */
  readonly id: string
  readonly name: string
  readonly role: AdminRole
  /** As `SecretVault.hash` makes it. */
  readonly hash: string
  /** Accepted from loopback addresses only, as the key file in the data folder is. */
  readonly loopbackOnly: boolean
  readonly createdAt: EpochSeconds
  /** The first second in which it is no longer accepted; undefined while open-ended. */
  readonly expiresAt: EpochSeconds | undefined
  readonly revokedAt: EpochSeconds | undefined
}
