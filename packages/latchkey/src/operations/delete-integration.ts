// Deletes an integration with its credentials and its token records. From then on, the server rejects the tokens of the
// integration as `unknown`.
import { accept, type Result } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { auditedIntegration, integrationTarget } from '../domain/audited-integration.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import type { ChangeIntegrationPorts, IntegrationToChange } from './change-integration.ts'
import { findIntegration } from './find-integration.ts'

/** Returns the deleted integration. Throws `StoreUnavailable`. */
export async function deleteIntegration(
  ports: ChangeIntegrationPorts,
  actor: Actor,
  { id, version }: IntegrationToChange,
): Promise<Result<IntegrationSummary, UnknownIntegration | VersionConflict>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const { state } = found.value
  const { clientId } = state.integration
  const before = { ...auditedIntegration(found.value, state), client_id: clientId }
  const target = integrationTarget(found.value)
  const audit: AuditRecord = { event: 'integration.deleted', actor, target, before, after: {} }
  const removed = await ports.integrations.remove(clientId, { version, audit })
  return removed.ok ? accept(found.value) : removed
}
