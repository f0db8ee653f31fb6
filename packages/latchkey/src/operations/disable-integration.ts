// Disables an integration: it gets no tokens, and its live ones end with the same commit. Reversible; what ended stays ended.
import type { Result } from '@latchkey/protocol'
import type { Integrations, IntegrationSummary, UnknownIntegration } from '../ports/integrations.ts'
import { changeStatus } from './enable-integration.ts'

/** Disabling what is disabled changes nothing and is no error. Throws `StoreUnavailable`. */
export const disableIntegration = (
  ports: { readonly integrations: Integrations },
  id: string,
): Promise<Result<IntegrationSummary, UnknownIntegration>> => changeStatus(ports, id, 'disable')
