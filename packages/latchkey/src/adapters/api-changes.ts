// What a batch does when an API is made, changed or removed.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type {
  ApiChange,
  ApiExists,
  ApiRecord,
  ApiUnknown,
  ChangedApi,
  LimitReached,
  ScopeUnknown,
} from '../ports/catalog.ts'
import type { VersionConflict } from '../ports/integrations.ts'
import { apiInsert, apiUpdate } from '../rows/catalog-rows.ts'
import { type CatalogCell, type CatalogState, catalogState } from '../state/catalog-state.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

const MOST_APIS = 1000

export function stageNewApi(
  batch: StagedBatch,
  cell: CatalogCell,
  api: ApiRecord,
): Result<void, ApiExists | ScopeUnknown | LimitReached> {
  const state = batch.get(cell)
  const fits = fitsIn(state, api)
  if (!fits.ok) return fits
  if (state.apis.length >= MOST_APIS) return refuse({ reason: 'limit_reached', most: MOST_APIS })
  batch.put(cell, catalogState(state.scopes, [...state.apis, api]), apiInsert(api))
  return accept(undefined)
}

export function stageApiChange(
  batch: StagedBatch,
  cell: CatalogCell,
  order: { readonly id: string; readonly version: number | undefined; readonly change: ApiChange },
): Result<ChangedApi, ApiUnknown | ApiExists | ScopeUnknown | VersionConflict> {
  const found = apiAtVersion(batch, cell, order)
  if (!found.ok) return found
  const before = found.value
  const { name, scope, description, routes } = order.change
  const changed: ApiRecord = {
    ...before,
    name: name ?? before.name,
    scope: scope ?? before.scope,
    description: description ?? before.description,
    routes: routes ?? before.routes,
  }
  if (JSON.stringify(changed) === JSON.stringify(before)) return accept({ before, after: before })
  const state = batch.get(cell)
  const fits = fitsIn(state, changed)
  if (!fits.ok) return fits
  const after = { ...changed, version: before.version + 1 }
  const apis = state.apis.map((api) => (api.id === after.id ? after : api))
  batch.put(cell, catalogState(state.scopes, apis), apiUpdate(after))
  return accept({ before, after })
}

export function stageApiRemoval(
  batch: StagedBatch,
  cell: CatalogCell,
  order: { readonly id: string; readonly version: number | undefined },
): Result<ApiRecord, ApiUnknown | VersionConflict> {
  const found = apiAtVersion(batch, cell, order)
  if (!found.ok) return found
  const { scopes, apis } = batch.get(cell)
  batch.put(cell, catalogState(scopes, apis.filter(({ id }) => id !== order.id)), ['delete_api', order.id]) // prettier-ignore
  return found
}

function fitsIn({ byName, apis }: CatalogState, api: ApiRecord): Result<void, ApiExists | ScopeUnknown> {
  if (!byName.has(api.scope)) return refuse({ reason: 'unknown_scope', scope: api.scope })
  const isTaken = apis.some(({ id, name }) => name === api.name && id !== api.id)
  return isTaken ? refuse({ reason: 'api_exists' }) : accept(undefined)
}

function apiAtVersion(
  batch: StagedBatch,
  cell: CatalogCell,
  { id, version }: { readonly id: string; readonly version: number | undefined },
): Result<ApiRecord, ApiUnknown | VersionConflict> {
  const api = batch.get(cell).apis.find((candidate) => candidate.id === id)
  if (api === undefined) return refuse({ reason: 'unknown_api' })
  return version === undefined || version === api.version
    ? accept(api)
    : refuse({ reason: 'version_conflict', version: api.version })
}
