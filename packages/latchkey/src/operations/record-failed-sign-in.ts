// Records a failed sign-in after the answer was sent. Only existing accounts get a record, so a slower answer would
// reveal that the account exists.
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { SignInRefusal } from './sign-in.ts'

/** Appends the record of the refusal, if it has one. Throws `StoreUnavailable`. */
export async function recordFailedSignIn(
  { auditTrail }: { readonly auditTrail: AuditTrail },
  refusal: SignInRefusal,
): Promise<void> {
  if (refusal.reason !== 'sign_in_failed' || refusal.record === undefined) return
  await auditTrail.append([refusal.record])
}
