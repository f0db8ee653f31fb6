// Authenticates the caller of the admin API by an admin key.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import { adminKeyStatus } from '../domain/admin-key-status.ts'
import type { AdminKey } from '../domain/admin-key.ts'
import type { AdminKeys } from '../ports/admin-keys.ts'
import type { Clock } from '../ports/clock.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { Requester } from '../ports/slots.ts'

export interface PresentedAdminKey {
  readonly key: Secret
  /**
   * Whether the request came from this machine or from the network. The server rejects a key that is limited to
   * loopback addresses if the request came from the network.
   */
  readonly from: 'loopback' | 'network'
  readonly requester: Requester
}

export interface AuthenticateAdminPorts {
  readonly adminKeys: AdminKeys
  readonly vault: SecretVault
  readonly clock: Clock
}

export type AdminRefusal =
  | { readonly reason: 'unknown_admin_key' }
  | { readonly reason: 'admin_key_expired' | 'admin_key_revoked' | 'admin_key_is_local'; readonly keyId: string }

/**
 * Returns the admin key if it is active. Finds the key by its hash, so that the duration does not reveal how close a
 * guess was.
 */
export function authenticateAdmin(
  { adminKeys, vault, clock }: AuthenticateAdminPorts,
  { key, from, requester }: PresentedAdminKey,
): Result<AdminKey, AdminRefusal> {
  const found = adminKeys.findByHash(vault.hash(key))
  if (found === undefined) return refuse({ reason: 'unknown_admin_key' })
  const keyId = found.id
  const status = adminKeyStatus(found, clock.now())
  if (status !== 'active') return refuse({ reason: `admin_key_${status}`, keyId })
  if (found.loopbackOnly && from !== 'loopback') return refuse({ reason: 'admin_key_is_local', keyId })
  adminKeys.noteUse(keyId, { at: clock.now(), ...requester })
  return accept(found)
}
