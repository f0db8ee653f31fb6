// Lists the admin keys for an owner, with role, expiry and last use. The list holds no key text and no hash.
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

/** Returns all keys, the oldest first. Ended keys are in the list too. */
export const listAdminKeys = async ({ adminKeys, clock }: ListAdminKeysPorts): Promise<readonly ListedAdminKey[]> =>
  (await adminKeys.all()).map(({ id, name, role, loopbackOnly, createdAt, expiresAt, revokedAt, lastUse }) => {
    const status = adminKeyStatus({ expiresAt, revokedAt }, clock.now())
    return { id, name, role, loopbackOnly, createdAt, expiresAt, revokedAt, lastUse, status }
  })
