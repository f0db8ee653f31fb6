// The rules for changes of APIs. A change of an API ends no tokens, because tokens belong to scopes. The functions are
// pure: the caller stores the result.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { atVersion, type VersionConflict } from './at-version.ts'
import { type ApiRecord, catalogState, type CatalogState, type ScopeUnknown } from './catalog.ts'
import type { LimitReached } from './limit-reached.ts'

/** The new values of an API. A member with the value undefined stays unchanged. */
export type ApiChange = {
  readonly [Member in 'name' | 'scope' | 'description' | 'routes']: ApiRecord[Member] | undefined
}

/** The API to change, and the version that the caller read. If the version is undefined, any version is accepted. */
export interface RequestedApi {
  readonly id: string
  readonly version: number | undefined
}

export interface ChangedApi {
  readonly before: ApiRecord
  /** The API after the change. It is the same object as `before` if nothing changed. */
  readonly after: ApiRecord
  readonly catalog: CatalogState
}

export interface RemovedApi {
  readonly api: ApiRecord
  readonly catalog: CatalogState
}

export type ApiUnknown = { readonly reason: 'unknown_api' }
export type ApiExists = { readonly reason: 'api_exists' }

export const MOST_APIS = 1000

/** Returns the catalog with the added API. */
export function addApi(
  catalog: CatalogState,
  api: ApiRecord,
): Result<CatalogState, ApiExists | ScopeUnknown | LimitReached> {
  const fitting = fits(catalog, api)
  if (!fitting.ok) return fitting
  if (catalog.apis.length >= MOST_APIS) return refuse({ reason: 'limit_reached', most: MOST_APIS })
  return accept(catalogState(catalog.scopes, [...catalog.apis, api]))
}

export function editApi(
  catalog: CatalogState,
  { change, ...requested }: RequestedApi & { readonly change: ApiChange },
): Result<ChangedApi, ApiUnknown | ApiExists | ScopeUnknown | VersionConflict> {
  const found = findApi(catalog, requested)
  if (!found.ok) return found
  const before = found.value
  const changed: ApiRecord = {
    ...before,
    name: change.name ?? before.name,
    scope: change.scope ?? before.scope,
    description: change.description ?? before.description,
    routes: change.routes ?? before.routes,
  }
  if (JSON.stringify(changed) === JSON.stringify(before)) return accept({ before, after: before, catalog })
  const fitting = fits(catalog, changed)
  if (!fitting.ok) return fitting
  const after = { ...changed, version: before.version + 1 }
  const apis = catalog.apis.map((api) => (api === before ? after : api))
  return accept({ before, after, catalog: catalogState(catalog.scopes, apis) })
}

export function removeApi(
  catalog: CatalogState,
  requested: RequestedApi,
): Result<RemovedApi, ApiUnknown | VersionConflict> {
  const found = findApi(catalog, requested)
  if (!found.ok) return found
  const apis = catalog.apis.filter((api) => api !== found.value)
  return accept({ api: found.value, catalog: catalogState(catalog.scopes, apis) })
}

/** Refuses if the scope of the API does not exist, or if another API has the same name. */
function fits({ byName, apis }: CatalogState, { id, name, scope }: ApiRecord): Result<void, ApiExists | ScopeUnknown> {
  if (!byName.has(scope)) return refuse({ reason: 'unknown_scope', scope })
  const isTaken = apis.some((other) => other.name === name && other.id !== id)
  return isTaken ? refuse({ reason: 'api_exists' }) : accept(undefined)
}

function findApi(
  { apis }: CatalogState,
  { id, version }: RequestedApi,
): Result<ApiRecord, ApiUnknown | VersionConflict> {
  const api = apis.find((candidate) => candidate.id === id)
  return api === undefined ? refuse({ reason: 'unknown_api' }) : atVersion(api, version)
}
