// An admin key: the credential with which a program calls the admin API. The server stores only the hash of the key.
import type { AdminRole } from './admin-role.ts'
import type { EpochSeconds } from './slot.ts'

export interface AdminKey {
  /** The id, which begins with `adk_`. */
  readonly id: string
  readonly name: string
  readonly role: AdminRole
  /** The hash of the key, as `SecretVault.hash` returns it. */
  readonly hash: string
  /**
   * True if the server accepts the key only from loopback addresses. The key in the admin key file of the data folder
   * is such a key.
   */
  readonly loopbackOnly: boolean
  readonly createdAt: EpochSeconds
  /** The first second in which the key is rejected. Undefined if the key does not expire. */
  readonly expiresAt: EpochSeconds | undefined
  readonly revokedAt: EpochSeconds | undefined
}
