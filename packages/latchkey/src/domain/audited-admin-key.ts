// The members of an admin key that the audit trail records. The hash of the key is not among them.
import type { AuditTarget, JsonObject } from './audit-event.ts'
import type { EpochSeconds } from './slot.ts'

export const auditedAdminKey = (key: {
  readonly role: string
  readonly expiresAt: EpochSeconds | undefined
}): JsonObject => ({ role: key.role, expires_at: key.expiresAt ?? null })

export const adminKeyTarget = ({ id, name }: { readonly id: string; readonly name: string }): AuditTarget => ({
  kind: 'admin_key',
  id,
  name,
})
