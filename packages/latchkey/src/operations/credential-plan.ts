// What the plan of a manifest changes of the credentials of an integration.
import type { AuditEventName, JsonObject } from '../domain/audit-event.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type { EpochSeconds } from '../domain/slot.ts'

/** Changes with one record in the audit trail. */
export interface RecordedChanges {
  readonly event: AuditEventName
  readonly changes: readonly IntegrationChange[]
  /** Members that the audit record has besides the changed ones. */
  readonly remark: JsonObject
}

/** Changes of credentials, and what the step shows of them. */
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
