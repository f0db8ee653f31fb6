// The changes an operator makes to an API. No token ends by one: tokens belong to scopes. Pure: the store stages the results.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { atVersion, type VersionConflict } from './at-version.ts'
import { type ApiRecord, catalogState, type CatalogState, type ScopeUnknown } from './catalog.ts'
import type { LimitReached } from './limit-reached.ts'

/** What is undefined stays as it is. */
export type ApiChange = {
  readonly [Member in 'name' | 'scope' | 'description' | 'routes']: ApiRecord[Member] | undefined
}

/** Which API, and the version of it that the caller read. Undefined: every version. */
export interface AskedApi {
  readonly id: string
  readonly version: number | undefined
}

export interface ChangedApi {
  readonly before: ApiRecord
  /** The very same record as `before` if nothing changed. */
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

/** The catalog with the API. */
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
  { change, ...asked }: AskedApi & { readonly change: ApiChange },
): Result<ChangedApi, ApiUnknown | ApiExists | ScopeUnknown | VersionConflict> {
  const found = findApi(catalog, asked)
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

export function removeApi(catalog: CatalogState, asked: AskedApi): Result<RemovedApi, ApiUnknown | VersionConflict> {
  const found = findApi(catalog, asked)
  if (!found.ok) return found
  const apis = catalog.apis.filter((api) => api !== found.value)
  return accept({ api: found.value, catalog: catalogState(catalog.scopes, apis) })
}

/** An API asks for a scope that exists, and no other API has its name. */
function fits({ byName, apis }: CatalogState, { id, name, scope }: ApiRecord): Result<void, ApiExists | ScopeUnknown> {
  if (!byName.has(scope)) return refuse({ reason: 'unknown_scope', scope })
  const isTaken = apis.some((other) => other.name === name && other.id !== id)
  return isTaken ? refuse({ reason: 'api_exists' }) : accept(undefined)
}

function findApi({ apis }: CatalogState, { id, version }: AskedApi): Result<ApiRecord, ApiUnknown | VersionConflict> {
  const api = apis.find((candidate) => candidate.id === id)
  return api === undefined ? refuse({ reason: 'unknown_api' }) : atVersion(api, version)
}
