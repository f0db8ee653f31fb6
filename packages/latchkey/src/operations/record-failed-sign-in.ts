// Records a failed sign-in in the audit trail. The caller sends the answer first: only existing accounts get a record,
// so an answer that waits for the record would be slower and would reveal that the account exists.
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { SignInRefusal } from './sign-in.ts'

/** Appends the audit record of the refusal. Does nothing if the refusal has no record. Throws `StoreUnavailable`. */
export async function recordFailedSignIn(
  { auditTrail }: { readonly auditTrail: AuditTrail },
  refusal: SignInRefusal,
): Promise<void> {
  if (refusal.reason !== 'sign_in_failed' || refusal.record === undefined) return
  await auditTrail.append([refusal.record])
}
