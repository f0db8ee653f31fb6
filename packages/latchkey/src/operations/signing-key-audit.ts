// The audit record for a change of a signing key.
import { type Actor, type AuditRecord, changedMembers, type JsonObject } from '../domain/audit-event.ts'
import type { KeyStep } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'

export const signingKeyAudit =
  (actor: Actor) =>
  ({ event, before, after }: KeyStep): AuditRecord => {
    const kid = (after ?? before)?.kid ?? ''
    return {
      event: `signing_key.${event}`,
      actor,
      target: { kind: 'signing_key', id: kid, name: kid },
      ...changedMembers(audited(before), audited(after)),
    }
  }

const audited = (key: SigningKeyRecord | undefined): JsonObject =>
  key === undefined
    ? {}
    : {
        alg: key.alg,
        status: key.status,
        signs_from: key.signsFrom,
        retired_at: key.retiredAt,
        accepted_until: key.status === 'revoked' ? null : key.acceptedUntil,
      }
