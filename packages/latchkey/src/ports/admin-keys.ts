// The keys that administer this server. Only their hashes are kept.

export type AdminRole = 'owner' | 'editor' | 'viewer'

export interface AdminKey {
  /** `adk_…` */
  readonly id: string
  readonly name: string
  readonly role: AdminRole
  /** As `SecretVault.hash` makes it. */
  readonly hash: string
  /** Accepted from loopback addresses only, as the key file in the data folder is. */
  readonly loopbackOnly: boolean
}

export interface AdminKeys {
  findByHash(hash: string): AdminKey | undefined
}
