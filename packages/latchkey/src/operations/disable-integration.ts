// Disables an integration: it gets no tokens, and its live ones end with the same commit. Reversible; what ended stays ended.
import type { Actor } from '../domain/audit-event.ts'
import type { ChangeIntegrationPorts, IntegrationToChange } from './change-integration.ts'
import { changeStatus } from './enable-integration.ts'

/** Disabling what is disabled changes nothing and is no error. Throws `StoreUnavailable`. */
export const disableIntegration = (ports: ChangeIntegrationPorts, by: Actor, which: IntegrationToChange) =>
  changeStatus(ports, by, which, 'disable')
