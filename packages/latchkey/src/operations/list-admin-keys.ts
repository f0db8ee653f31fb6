// Reads the admin keys for an owner: who may do what, until when, and when each was last used. Never a key or a hash.
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

/** The oldest first, the ended ones included. */
export const listAdminKeys = ({ adminKeys, clock }: ListAdminKeysPorts): readonly ListedAdminKey[] =>
  adminKeys.all().map(({ hash: _hash, ...key }) => ({ ...key, status: adminKeyStatus(key, clock.now()) }))
