// One road for every change of an integration that was found: the change and its audit record are one commit.
import type { Result } from '@latchkey/protocol'
import { type Actor, changedMembers, type JsonObject } from '../domain/audit-event.ts'
import { auditedIntegration, integrationTarget, type ProfileTexts } from '../domain/audited-integration.ts'
import type { IntegrationChange } from '../domain/integration-change.ts'
import type {
  ChangedIntegration,
  ChangeIntegrationRefusal,
  IdempotencyClaim,
  Integrations,
  IntegrationSummary,
} from '../ports/integrations.ts'
import type { IntegrationState } from '../domain/integration.ts'

export interface ChangeIntegrationPorts {
  readonly integrations: Integrations
}

/** Which integration, and which version of it the operator looked at; undefined: whatever it is by now. */
export interface IntegrationToChange {
  readonly id: string
  readonly version: number | undefined
}

export interface WantedChange {
  /** The version that the operator looked at; undefined: whatever it is by now. */
  readonly version: number | undefined
  readonly event: string
  readonly changes: readonly IntegrationChange[]
  /** What the audit trail says beside the members that changed. */
  readonly remark?: (before: IntegrationState, after: IntegrationState) => JsonObject
  readonly claim?: IdempotencyClaim | undefined
}

/** Changes an integration that was found, whatever it is by now if no version is given. Throws `StoreUnavailable`. */
export function changeIntegration(
  { integrations }: ChangeIntegrationPorts,
  actor: Actor,
  found: IntegrationSummary,
  { version, event, changes, remark, claim }: WantedChange,
): Promise<Result<ChangedIntegration, ChangeIntegrationRefusal>> {
  const newTexts: ProfileTexts = changes.find((change) => change.kind === 'set_profile') ?? found
  return integrations.change(found.state.integration.clientId, changes, {
    version,
    ...(claim !== undefined && { claim }),
    audit: (before, after) => {
      const members = changedMembers(auditedIntegration(found, before), auditedIntegration(newTexts, after))
      const target = integrationTarget(found)
      return { event, actor, target, before: members.before, after: { ...members.after, ...remark?.(before, after) } }
    },
  })
}
