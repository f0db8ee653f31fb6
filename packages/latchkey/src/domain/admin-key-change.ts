// The rules for changes of admin keys. The functions are pure: the caller stores the result.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { adminKeyStatus } from './admin-key-status.ts'
import type { AdminKey } from './admin-key.ts'
import type { LimitReached } from './limit-reached.ts'
import type { EpochSeconds } from './slot.ts'

export interface AddedAdminKey {
  /** All keys after the change, the oldest first. */
  readonly keys: readonly AdminKey[]
  /** The key that was deleted to make room. Undefined if there was room. */
  readonly dropped: AdminKey | undefined
}

export interface RevokedAdminKey {
  /** All keys after the change, the oldest first. */
  readonly keys: readonly AdminKey[]
  readonly before: AdminKey
  /** The key after the change. It is the same object as `before` if the key was revoked already. */
  readonly after: AdminKey
}

export type UnknownAdminKey = { readonly reason: 'unknown_admin_key' }
/** The key is the last active key with the role `owner`, so it cannot be revoked. */
export type LastOwnerKey = { readonly reason: 'last_owner_key' }

export const MOST_ADMIN_KEYS = 1000

/**
 * Adds a key. If the number of keys has reached the limit, first deletes the oldest key that is expired or revoked, and
 * refuses if every key is active. `keys` must be ordered by age, the oldest first.
 */
export function addAdminKey(
  keys: readonly AdminKey[],
  key: AdminKey,
  now: EpochSeconds,
): Result<AddedAdminKey, LimitReached> {
  if (keys.length < MOST_ADMIN_KEYS) return accept({ keys: [...keys, key], dropped: undefined })
  const dropped = keys.find((other) => hasEnded(other, now))
  if (dropped === undefined) return refuse({ reason: 'limit_reached', most: MOST_ADMIN_KEYS })
  return accept({ keys: [...keys.filter((other) => other !== dropped), key], dropped })
}

/**
 * Revokes a key, unless it is the last active key with the role `owner`. Accepts a key that is revoked already, and
 * then changes nothing.
 */
export function revokeAdminKey(
  keys: readonly AdminKey[],
  id: string,
  now: EpochSeconds,
): Result<RevokedAdminKey, UnknownAdminKey | LastOwnerKey> {
  const before = keys.find((candidate) => candidate.id === id)
  if (before === undefined) return refuse({ reason: 'unknown_admin_key' })
  if (before.revokedAt !== undefined) return accept({ keys, before, after: before })
  const owners = keys.filter((key) => key.role === 'owner' && !hasEnded(key, now))
  if (owners.length === 1 && owners[0] === before) return refuse({ reason: 'last_owner_key' })
  const after = { ...before, revokedAt: now }
  return accept({ keys: keys.map((key) => (key === before ? after : key)), before, after })
}

const hasEnded = (key: AdminKey, now: EpochSeconds): boolean => adminKeyStatus(key, now) !== 'active'
