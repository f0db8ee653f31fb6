// One road for every change of an integration: find it, change it with its audit record in one commit, read it again.
import { accept, refuse, type Result } from '@latchkey/protocol'
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
import { findIntegration } from './find-integration.ts'

export interface ChangeIntegrationPorts {
  readonly integrations: Integrations
}

/** Which integration, and which version of it the operator looked at; undefined: whatever it is by now. */
export interface IntegrationToChange {
  readonly id: string
  readonly version: number | undefined
}

export interface WantedChange {
  readonly event: string
  readonly changes: readonly IntegrationChange[]
  /** What the audit trail says beside the members that changed. */
  readonly remark?: (before: IntegrationState, after: IntegrationState) => JsonObject
  readonly claim?: IdempotencyClaim | undefined
}

export interface Changed extends ChangedIntegration {
  readonly integration: IntegrationSummary
}

export type ChangeOutcome = Result<Changed, ChangeIntegrationRefusal>

/** Throws `StoreUnavailable`. */
export async function changeIntegration(
  ports: ChangeIntegrationPorts,
  actor: Actor,
  { id, version }: IntegrationToChange,
  { event, changes, remark, claim }: WantedChange,
): Promise<ChangeOutcome> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const profile = found.value
  const newTexts: ProfileTexts = changes.find((change) => change.kind === 'set_profile') ?? profile
  const changed = await ports.integrations.change(profile.state.integration.clientId, changes, {
    version,
    ...(claim !== undefined && { claim }),
    audit: (before, after) => {
      const members = changedMembers(auditedIntegration(profile, before), auditedIntegration(newTexts, after))
      return { event, actor, target: integrationTarget(profile), before: members.before, after: { ...members.after, ...remark?.(before, after) } } // prettier-ignore
    },
  })
  if (!changed.ok) return changed
  const now = await ports.integrations.findByName(profile.id)
  return now === undefined ? refuse({ reason: 'unknown_integration' }) : accept({ ...changed.value, integration: now })
}
