// Revokes an admin key: the server rejects it from the next request on.
import type { Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { adminKeyTarget, auditedAdminKey } from '../domain/audited-admin-key.ts'
import type { LastOwnerKey, UnknownAdminKey } from '../domain/admin-key-change.ts'
import type { AdminKeys } from '../ports/admin-keys.ts'

/** Revokes a key, unless it is the last active key with the role `owner`. Throws `StoreUnavailable`. */
export const revokeAdminKey = (
  { adminKeys }: { readonly adminKeys: AdminKeys },
  by: Actor,
  id: string,
): Promise<Result<void, UnknownAdminKey | LastOwnerKey>> =>
  adminKeys.revoke(id, (key) => ({
    event: 'admin_key.revoked',
    actor: by,
    target: adminKeyTarget(key),
    before: auditedAdminKey(key),
    after: {},
  }))
