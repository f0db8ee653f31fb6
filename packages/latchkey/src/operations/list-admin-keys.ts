// Lists the admin keys for an owner, with role, expiry and last use. The list contains neither the texts nor the hashes
// of the keys.
import { type AdminKeyStatus, adminKeyStatus } from '../domain/admin-key-status.ts'
import type { AdminKeyRecord, AdminKeys } from '../ports/admin-keys.ts'
import type { Clock } from '../ports/clock.ts'

export interface ListedAdminKey extends Omit<AdminKeyRecord, 'hash'> {
  readonly status: AdminKeyStatus
}

export interface ListAdminKeysPorts {
  readonly adminKeys: AdminKeys
  readonly clock: Clock
}

/** Returns all keys, including expired and revoked keys, the oldest first. Throws `StoreUnavailable`. */
export const listAdminKeys = async ({ adminKeys, clock }: ListAdminKeysPorts): Promise<readonly ListedAdminKey[]> =>
  (await adminKeys.all()).map(({ id, name, role, loopbackOnly, createdAt, expiresAt, revokedAt, lastUse }) => {
    const status = adminKeyStatus({ expiresAt, revokedAt }, clock.now())
    return { id, name, role, loopbackOnly, createdAt, expiresAt, revokedAt, lastUse, status }
  })
