// The members of an integration that the audit trail records: every member that an operator can change, except secrets.
import { formatAddressRange } from './address-ranges.ts'
import type { AuditTarget, JsonObject } from './audit-event.ts'
import { grantedScopes, type IntegrationProfile, type IntegrationState } from './integration.ts'
import type { IssueMode } from './issue-mode.ts'

export type ProfileTexts = Pick<IntegrationProfile, 'name' | 'description' | 'tags'>

export const auditedIntegration = (
  { name, description, tags }: ProfileTexts,
  { integration, slots }: IntegrationState,
): JsonObject => ({
  name,
  description,
  tags,
  status: integration.enabled ? 'active' : 'disabled',
  scopes: grantedScopes({ integration, slots }),
  resource_server_for: integration.resourceServerFor,
  issue_mode: auditedMode(integration.mode),
  grace_seconds: integration.graceSeconds,
  conditional: integration.conditional,
  allowed_addresses: integration.allowedAddresses.map(formatAddressRange),
})

const auditedMode = (mode: IssueMode): JsonObject =>
  mode.kind === 'replace' ? { kind: 'replace' } : { kind: 'stable', renew_before_seconds: mode.renewBeforeSeconds }

export const integrationTarget = ({ id, name }: Pick<IntegrationProfile, 'id' | 'name'>): AuditTarget => ({
  kind: 'integration',
  id,
  name,
})
