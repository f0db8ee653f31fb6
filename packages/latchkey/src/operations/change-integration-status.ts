// Disables or enables an integration. Disabling ends its live tokens in the same commit. Enabling does not make ended
// tokens live again.
import type { Result } from '@latchkey/protocol'
import type { VersionConflict } from '../domain/at-version.ts'
import type { Actor } from '../domain/audit-event.ts'
import type { IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'
import { findIntegration } from './find-integration.ts'

/**
 * Returns the integration after the change. Accepts an integration that already has the requested status, and then
 * changes nothing. Throws `StoreUnavailable`.
 */
export async function changeIntegrationStatus(
  ports: ChangeIntegrationPorts,
  by: Actor,
  { id, version, kind }: IntegrationToChange & { readonly kind: 'disable' | 'enable' },
): Promise<Result<IntegrationSummary, UnknownIntegration | VersionConflict>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const event = kind === 'enable' ? 'integration.enabled' : 'integration.disabled'
  const changed = await changeIntegration(ports, by, { found: found.value, version, event, changes: [{ kind }] })
  if (changed.ok) return findIntegration(ports, found.value.id)
  const { refusal } = changed
  if (refusal.reason === 'unknown_integration' || refusal.reason === 'version_conflict') return { ok: false, refusal }
  throw new Error(`a change of status was refused: ${refusal.reason}`)
}
