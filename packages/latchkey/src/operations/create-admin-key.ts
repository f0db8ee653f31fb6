// Creates an admin key. The result contains the text of the key, of which the server stores only the hash.
import { accept, refuse, type Result, type Secret } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { adminKeyTarget, auditedAdminKey } from '../domain/audited-admin-key.ts'
import { isName } from '../domain/integration-profile.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { AdminKey } from '../domain/admin-key.ts'
import type { AdminRole } from '../domain/admin-role.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { Random } from '../ports/random.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import { identifier } from './identifier.ts'
import type { ListAdminKeysPorts, ListedAdminKey } from './list-admin-keys.ts'

export interface CreateAdminKeyPorts extends ListAdminKeysPorts {
  readonly vault: SecretVault
  readonly random: Random
}

export interface AdminKeyRequest {
  readonly name: string
  readonly role: AdminRole
  /** The first second in which the server rejects the key. Undefined if the key does not expire. */
  readonly expiresAt: EpochSeconds | undefined
}

export interface CreatedAdminKey {
  readonly adminKey: ListedAdminKey
  readonly text: Secret
}

export type CreateAdminKeyRefusal = { readonly reason: 'name_unusable' | 'expiry_unusable' } | LimitReached

const TEN_YEARS = 10 * 366 * 86_400

/** Creates the key. Throws `StoreUnavailable`. */
export async function createAdminKey(
  { adminKeys, vault, clock, random }: CreateAdminKeyPorts,
  by: Actor,
  { name, role, expiresAt }: AdminKeyRequest,
): Promise<Result<CreatedAdminKey, CreateAdminKeyRefusal>> {
  if (!isName(name)) return refuse({ reason: 'name_unusable' })
  const now = clock.now()
  if (expiresAt !== undefined && (expiresAt <= now || expiresAt > now + TEN_YEARS)) {
    return refuse({ reason: 'expiry_unusable' })
  }
  const { key: text, hash } = vault.generateAdminKey()
  const id = `adk_${identifier(random, now)}`
  const shown = { id, name, role, loopbackOnly: false, createdAt: now, expiresAt, revokedAt: undefined } as const
  const key: AdminKey = { ...shown, hash }
  const target = adminKeyTarget(key)
  const audit: AuditRecord = { event: 'admin_key.created', actor: by, target, before: {}, after: auditedAdminKey(key) }
  const created = await adminKeys.create(key, audit)
  return created.ok ? accept({ adminKey: { ...shown, lastUse: undefined, status: 'active' }, text }) : created
}
