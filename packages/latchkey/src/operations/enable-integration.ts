// Enables a disabled integration: it may ask for tokens again. Tokens from before stay dead.
import { refuse, type Result } from '@latchkey/protocol'
import type { Integrations, IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import { findIntegration } from './list-integrations.ts'

interface Ports {
  readonly integrations: Integrations
}

/** Enabling what is enabled changes nothing and is no error. Throws `StoreUnavailable`. */
export const enableIntegration = (ports: Ports, id: string): Promise<Result<IntegrationSummary, UnknownIntegration>> =>
  changeStatus(ports, id, 'enable')

/** The integration as it is after the change. */
export async function changeStatus(
  ports: Ports,
  id: string,
  kind: 'disable' | 'enable',
): Promise<Result<IntegrationSummary, UnknownIntegration>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const { enabled, clientId } = found.value.state.integration
  if (enabled === (kind === 'enable')) return found
  const changed = await ports.integrations.change(clientId, { kind })
  if (changed.ok) return findIntegration(ports, id)
  if (changed.refusal.reason === 'unknown_integration') return refuse({ reason: 'unknown_integration' })
  throw new Error(`a change of status was refused: ${changed.refusal.reason}`)
}
