// Changes of an integration straight at the store, past the admin API, for tests of what such a change does.
import { SYSTEM } from '../src/domain/audit-event.ts'
import type { IntegrationChange } from '../src/domain/integration-change.ts'
import type { ChangeOrder } from '../src/ports/integrations.ts'

/** The arguments behind the client ID: the changes, whatever the version, by the server itself. */
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

/** The order to remove an integration. */
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
