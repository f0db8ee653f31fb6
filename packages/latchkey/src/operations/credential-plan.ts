// The part of a manifest's plan that changes the credentials of an integration.
import type { AuditEventName, JsonObject } from '../domain/audit-event.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { EpochSeconds } from '../domain/slot.ts'

/** Changes of an integration that share one record in the audit trail. */
export interface RecordedChanges {
  readonly event: AuditEventName
  readonly changes: readonly IntegrationChange[]
  /** Members that the audit record contains in addition to the changed members. */
  readonly remark: JsonObject
}

/** The changes of credentials, and the members that the step shows to the operator. */
export interface CredentialPlan {
  readonly records: readonly RecordedChanges[]
  readonly before: JsonObject
  readonly after: JsonObject
}

export const NOTHING: CredentialPlan = { records: [], before: {}, after: {} }

export const endedRecord = (credentialId: string, at: EpochSeconds): RecordedChanges => ({
  event: 'credential.ended',
  changes: [{ kind: 'end_credential', credentialId, at }],
  remark: { credential_id: credentialId, live_tokens: 'keep' },
})
