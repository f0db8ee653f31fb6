// A catalog and integrations that use it, for tests of the rules about scopes and APIs.
import { type ApiRecord, catalogState, type CatalogState, type ScopeRecord } from '../../../src/domain/catalog.ts'
import type { Integration, IntegrationState } from '../../../src/domain/integration.ts'
import { REPLACE } from '../../../src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../../src/domain/reference-catalog.ts'
import type { Slot } from '../../../src/domain/slot.ts'
import { AUDIENCE } from './a-slot.ts'

export const aScope = (name = PREDICT, more: Partial<ScopeRecord> = {}): ScopeRecord => ({
  name,
  audience: AUDIENCE,
  hasDefaultAudience: true,
  description: '',
  version: 4,
  ...more,
})

export const anApi = (more: Partial<ApiRecord> = {}): ApiRecord => ({
  id: 'api_1',
  name: 'Predictions',
  scope: PREDICT,
  description: '',
  routes: ['/predict/**'],
  version: 2,
  ...more,
})

/** The scopes PREDICT and MODEL in version 4, and these APIs. */
export const aCatalog = (...apis: readonly ApiRecord[]): CatalogState => catalogState([aScope(), aScope(MODEL)], apis)

export const anIntegration = (
  clientId: string,
  slots: readonly Slot[],
  more: Partial<Integration> = {},
): IntegrationState => ({
  integration: {
    clientId,
    enabled: true,
    version: 1,
    secrets: [],
    credentials: [],
    resourceServerFor: [],
    mode: REPLACE,
    graceSeconds: 0,
    conditional: true,
    allowedAddresses: [],
    ...more,
  },
  slots,
})
