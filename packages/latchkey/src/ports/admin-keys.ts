// The port for admin keys. The store has only their hashes.
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
  /** Returns all keys, the oldest first. Ended keys are in the list too. Throws `StoreUnavailable`. */
  all(): Promise<readonly AdminKeyRecord[]>
  /** Records in memory that the key was used. A timer writes it to the store within ten seconds. */
  noteUse(id: string, use: LastUse): void
  /** Adds a key. If the limit is reached, it first deletes the oldest ended key. Throws `StoreUnavailable`. */
  create(key: AdminKey, audit: AuditRecord): Promise<Result<void, LimitReached>>
  /**
   * Revokes the key: the server rejects it from the next request on. Revoking it again changes nothing and is no error.
   * Throws `StoreUnavailable`.
   */
  revoke(id: string, audit: (key: AdminKey) => AuditRecord): Promise<Result<void, UnknownAdminKey | LastOwnerKey>>
}
