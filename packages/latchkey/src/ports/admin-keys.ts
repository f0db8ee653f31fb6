// The keys that administer this server. Only their hashes are kept.
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
