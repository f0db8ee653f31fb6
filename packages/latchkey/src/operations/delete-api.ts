// Deletes an API. The scope of the API and the tokens of the scope stay.
import type { Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { apiTarget, auditedApi } from '../domain/audited-catalog.ts'
import type { ApiUnknown } from '../domain/api-change.ts'
import type { ApiRecord } from '../domain/catalog.ts'
import type { CatalogAdministration } from '../ports/catalog.ts'
import type { VersionConflict } from '../domain/at-version.ts'

/** Returns the deleted API. Throws `StoreUnavailable`. */
export const deleteApi = (
  { catalogAdministration }: { readonly catalogAdministration: CatalogAdministration },
  by: Actor,
  { id, version }: { readonly id: string; readonly version: number | undefined },
): Promise<Result<ApiRecord, ApiUnknown | VersionConflict>> =>
  catalogAdministration.deleteApi(id, {
    version,
    audit: (api) => [{ event: 'api.deleted', actor: by, target: apiTarget(api), before: auditedApi(api), after: {} }],
  })
