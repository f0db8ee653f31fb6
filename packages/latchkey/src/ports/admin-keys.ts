// The keys that administer this server. Only their hashes are kept.
import type { Result } from '@latchkey/protocol'
import type { AdminRole } from '../domain/admin-role.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { LastUse } from './integrations.ts'

export type { AdminRole }

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

export interface AdminKeyRecord extends AdminKey {
  readonly lastUse: LastUse | undefined
}

export type UnknownAdminKey = { readonly reason: 'unknown_admin_key' }
/** Without it no owner could get in any more. */
export type LastOwnerKey = { readonly reason: 'last_owner_key' }

export interface AdminKeys {
  /** Also one that is expired or revoked. */
  findByHash(hash: string): AdminKey | undefined
  /** The oldest first, the ended ones included. Throws `StoreUnavailable`. */
  all(): Promise<readonly AdminKeyRecord[]>
  /** Remembers that the key was used. Costs nothing now: it is written within ten seconds. */
  noteUse(id: string, use: LastUse): void
  /** When there are as many as there may be the oldest ended one is forgotten. Throws `StoreUnavailable`. */
  create(key: AdminKey, audit: AuditRecord): Promise<Result<void, LimitReached>>
  /**
   * From the next request on the key opens nothing. Revoking it again changes nothing and is no error. Throws
   * `StoreUnavailable`.
   */
  revoke(id: string, audit: (key: AdminKey) => AuditRecord): Promise<Result<void, UnknownAdminKey | LastOwnerKey>>
}
