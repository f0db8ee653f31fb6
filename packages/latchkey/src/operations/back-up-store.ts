// Makes a backup of the store for an operator. Records in the audit trail who requested the backup, before the first
// byte is sent.
import type { Result } from '@latchkey/protocol'
import { type Actor, SERVER_TARGET } from '../domain/audit-event.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Backup, BackupRefusal, Backups } from '../ports/backups.ts'

export interface BackUpStorePorts {
  readonly backups: Backups
  readonly auditTrail: AuditTrail
}

/** Makes a backup. Throws `StoreUnavailable`. */
export async function backUpStore(
  { backups, auditTrail }: BackUpStorePorts,
  actor: Actor,
): Promise<Result<Backup, BackupRefusal>> {
  const made = await backups.make()
  if (!made.ok) return made
  const { bytes, madeAt, sha256 } = made.value
  const after = { made_at: madeAt, bytes, sha256 }
  try {
    await auditTrail.append([{ event: 'store.backed_up', actor, target: SERVER_TARGET, before: {}, after }])
  } catch (cause) {
    await made.value.drop()
    throw cause
  }
  return made
}
