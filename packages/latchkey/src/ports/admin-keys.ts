// The port for admin keys. The store contains only the hashes of the keys.
import type { Result } from '@latchkey/protocol'
import type { LastOwnerKey, UnknownAdminKey } from '../domain/admin-key-change.ts'
import type { AdminKey } from '../domain/admin-key.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { LastUse } from './integrations.ts'

export interface AdminKeyRecord extends AdminKey {
  readonly lastUse: LastUse | undefined
}

export interface AdminKeys {
  /** Returns the key with this hash, even if it is expired or revoked. */
  findByHash(hash: string): AdminKey | undefined
  /** Returns all keys, including expired and revoked keys, the oldest first. Throws `StoreUnavailable`. */
  all(): Promise<readonly AdminKeyRecord[]>
  /** Records in memory that the key was used. A timer writes the use to the store within ten seconds. */
  noteUse(id: string, use: LastUse): void
  /**
   * Adds a key. If the number of keys has reached the limit, first deletes the oldest key that is expired or revoked.
   * Throws `StoreUnavailable`.
   */
  create(key: AdminKey, audit: AuditRecord): Promise<Result<void, LimitReached>>
  /**
   * Revokes the key, so that the server rejects it from the next request on. Accepts a key that is revoked already, and
   * then changes nothing. Throws `StoreUnavailable`.
   */
  revoke(id: string, audit: (key: AdminKey) => AuditRecord): Promise<Result<void, UnknownAdminKey | LastOwnerKey>>
}
