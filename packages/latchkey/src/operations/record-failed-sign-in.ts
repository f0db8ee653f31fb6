// Puts a failed sign-in on record once it has been answered: an answer that waited for it would tell which accounts there are.
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { SignInRefusal } from './sign-in.ts'

/** Throws `StoreUnavailable`. */
export async function recordFailedSignIn(
  { auditTrail }: { readonly auditTrail: AuditTrail },
  refusal: SignInRefusal,
): Promise<void> {
  if (refusal.reason !== 'sign_in_failed' || refusal.record === undefined) return
  await auditTrail.append([refusal.record])
}
