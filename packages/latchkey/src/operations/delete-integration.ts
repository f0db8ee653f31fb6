// Deletes an integration with its secrets and slots. Its tokens are unknown from then on; its client ID never comes back.
import { accept, type Result } from '@latchkey/protocol'
import type { Integrations, IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import { findIntegration } from './list-integrations.ts'

/** The integration as it was. Throws `StoreUnavailable`. */
export async function deleteIntegration(
  ports: { readonly integrations: Integrations },
  id: string,
): Promise<Result<IntegrationSummary, UnknownIntegration>> {
  const found = await findIntegration(ports, id)
  if (!found.ok) return found
  const removed = await ports.integrations.remove(found.value.state.integration.clientId)
  return removed.ok ? accept(found.value) : removed
}
