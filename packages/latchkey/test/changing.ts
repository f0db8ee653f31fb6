// Changes an integration directly in the store, without the admin API, for tests.
import { SYSTEM } from '../src/domain/audit-event.ts'
import type { IntegrationChange } from '../src/domain/integration-change.ts'
import type { ChangeOrder } from '../src/ports/integrations.ts'

/**
 * Returns the arguments after the client ID, for a change by the server itself that applies to any version of the
 * integration.
 */
export const changing = (...changes: readonly IntegrationChange[]): readonly [typeof changes, ChangeOrder] => [
  changes,
  {
    version: undefined,
    audit: () => ({
      event: 'integration.updated',
      actor: SYSTEM,
      target: { kind: 'integration', id: 'int_test', name: 'Test' },
      before: {},
      after: {},
    }),
  },
]

/** The arguments for a removal of an integration. */
export const removing = {
  version: undefined,
  audit: {
    event: 'integration.deleted',
    actor: SYSTEM,
    target: { kind: 'integration', id: 'int_test', name: 'Test' },
    before: {},
    after: {},
  },
} as const
