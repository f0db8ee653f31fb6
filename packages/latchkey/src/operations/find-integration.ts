// Finds an integration by its id or its client ID.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Integrations, IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'

/** Returns the integration with this id or client ID. Throws `StoreUnavailable`. */
export async function findIntegration(
  { integrations }: { readonly integrations: Integrations },
  idOrClientId: string,
): Promise<Result<IntegrationSummary, UnknownIntegration>> {
  const found = await integrations.findByIdOrClientId(idOrClientId)
  return found === undefined ? refuse({ reason: 'unknown_integration' }) : accept(found)
}
