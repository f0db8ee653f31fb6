// Changes an integration, and commits the change together with its audit record. All changes of single integrations go
// through this function.
import type { Result } from '@latchkey/protocol'
import { type Actor, type AuditEventName, changedMembers, type JsonObject } from '../domain/audit-event.ts'
import { auditedIntegration, integrationTarget, type ProfileTexts } from '../domain/audited-integration.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type {
  ChangedIntegration,
  ChangeIntegrationRefusal,
  IdempotencyRecord,
  Integrations,
  IntegrationSummary,
} from '../ports/integrations.ts'
import type { IntegrationState } from '../domain/integration.ts'

export interface ChangeIntegrationPorts {
  readonly integrations: Integrations
}

/**
 * The integration to change, and the version that the operator read. If the version is undefined, any version is
 * accepted.
 */
export interface IntegrationToChange {
  readonly id: string
  readonly version: number | undefined
}

export interface IntegrationChangeRequest {
  /** The integration in the state that the caller read. */
  readonly found: IntegrationSummary
  /** The version that the operator read. If the version is undefined, the change applies to any version. */
  readonly version: number | undefined
  readonly event: AuditEventName
  readonly changes: readonly IntegrationChange[]
  /** Returns the members that the audit record contains in addition to the changed members. */
  readonly remark?: (before: IntegrationState, after: IntegrationState) => JsonObject
  readonly idempotency?: IdempotencyRecord | undefined
}

/** Changes an integration that the caller has read. Throws `StoreUnavailable`. */
export function changeIntegration(
  { integrations }: ChangeIntegrationPorts,
  actor: Actor,
  { found, version, event, changes, remark, idempotency }: IntegrationChangeRequest,
): Promise<Result<ChangedIntegration, ChangeIntegrationRefusal>> {
  const newTexts: ProfileTexts = changes.find((change) => change.kind === 'set_profile') ?? found
  return integrations.change(found.state.integration.clientId, changes, {
    version,
    ...(idempotency !== undefined && { idempotency }),
    audit: (before, after) => {
      const members = changedMembers(auditedIntegration(found, before), auditedIntegration(newTexts, after))
      const target = integrationTarget(found)
      return { event, actor, target, before: members.before, after: { ...members.after, ...remark?.(before, after) } }
    },
  })
}
