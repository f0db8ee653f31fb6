// An admin key: the credential of a program at the admin API. The server keeps only its hash.
import type { AdminRole } from './admin-role.ts'
import type { EpochSeconds } from './slot.ts'

export interface AdminKey {
  /** `adk_…` */
  readonly id: string
  readonly name: string
  readonly role: AdminRole
  /** The result of `SecretVault.hash`. */
  readonly hash: string
  /** True if the key is accepted only from loopback addresses. The key file in the data folder holds such a key. */
  readonly loopbackOnly: boolean
  readonly createdAt: EpochSeconds
  /** The first second in which the key is rejected. Undefined if the key does not expire. */
  readonly expiresAt: EpochSeconds | undefined
  readonly revokedAt: EpochSeconds | undefined
}
