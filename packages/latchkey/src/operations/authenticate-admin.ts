// Who asks to administer the server: an admin key, known by its hash alone.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { AdminKey, AdminKeys, AdminRole } from '../ports/admin-keys.ts'
import type { SecretVault } from '../ports/secret-vault.ts'

export interface PresentedAdminKey {
  readonly key: Secret
  /** Whether the caller is on this machine: some keys work from here only. */
  readonly from: 'loopback' | 'network'
}

export type AdminRefusal =
  { readonly reason: 'unknown_admin_key' } | { readonly reason: 'admin_key_is_local'; readonly keyId: string }

/**
 * Finds the key by its hash, so that the time taken says nothing about how near a guess came. An access token of this
 * server is a text like any other here: its hash is no key's.
 */
export function authenticateAdmin(
  ports: { readonly adminKeys: AdminKeys; readonly vault: SecretVault },
  { key, from }: PresentedAdminKey,
): Result<AdminKey, AdminRefusal> {
  const found = ports.adminKeys.findByHash(ports.vault.hash(key))
  if (found === undefined) return refuse({ reason: 'unknown_admin_key' })
  if (found.loopbackOnly && from !== 'loopback') return refuse({ reason: 'admin_key_is_local', keyId: found.id })
  return accept(found)
}

const RANK: Readonly<Record<AdminRole, number>> = { viewer: 1, editor: 2, owner: 3 }

/** Whether `role` may do what asks for `needed`. */
export const mayAct = (role: AdminRole, needed: AdminRole): boolean => RANK[role] >= RANK[needed]
