// Enables a disabled integration: it may ask for tokens again. Tokens from before stay dead.
import { accept, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { IntegrationSummary, UnknownIntegration, VersionConflict } from '../ports/integrations.ts'
import { changeIntegration, type ChangeIntegrationPorts, type IntegrationToChange } from './change-integration.ts'

type StatusChange = Promise<Result<IntegrationSummary, UnknownIntegration | VersionConflict>>

/** Enabling what is enabled changes nothing and is no error. Throws `StoreUnavailable`. */
export const enableIntegration = (ports: ChangeIntegrationPorts, by: Actor, which: IntegrationToChange): StatusChange =>
  changeStatus(ports, by, which, 'enable')

/** The integration as it is after the change. */
export async function changeStatus(
  ports: ChangeIntegrationPorts,
  by: Actor,
  which: IntegrationToChange,
  kind: 'disable' | 'enable',
): StatusChange {
  const event = kind === 'enable' ? 'integration.enabled' : 'integration.disabled'
  const changed = await changeIntegration(ports, by, which, { event, changes: [{ kind }] })
  if (changed.ok) return accept(changed.value.integration)
  const { refusal } = changed
  if (refusal.reason === 'unknown_integration' || refusal.reason === 'version_conflict') return { ok: false, refusal }
  throw new Error(`a change of status was refused: ${refusal.reason}`)
}
