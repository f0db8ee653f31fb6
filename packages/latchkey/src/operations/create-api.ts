// Creates an API: a record that names a resource server and the scope that it requires.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { ApiExists } from '../domain/api-change.ts'
import type { ApiRecord } from '../domain/catalog.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { Catalog, CatalogAdministration } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { type ApiFieldRefusal, checkApiFields, unknownScope } from './api-request.ts'
import { apiCreated } from './catalog-records.ts'
import { identifier } from './identifier.ts'

export interface ApiPorts {
  readonly catalog: Catalog
  readonly catalogAdministration: CatalogAdministration
}

export interface ApiRequest {
  readonly name: string
  readonly scope: string
  readonly description: string
  readonly routes: readonly string[]
}

/** Creates the API. Throws `StoreUnavailable`. */
export async function createApi(
  ports: ApiPorts & { readonly clock: Clock; readonly random: Random },
  by: Actor,
  request: ApiRequest,
): Promise<Result<ApiRecord, ApiFieldRefusal | ApiExists | LimitReached>> {
  const checked = checkApiFields(ports.catalog, request)
  if (!checked.ok) return checked
  const { scope } = checked.value
  if (scope === undefined) return refuse(unknownScope(ports.catalog, request.scope))
  const api: ApiRecord = { ...request, scope, id: `api_${identifier(ports.random, ports.clock.now())}`, version: 1 }
  const created = await ports.catalogAdministration.createApi(api, apiCreated(by, api))
  if (created.ok) return accept(api)
  const { refusal } = created
  return refuse(refusal.reason === 'unknown_scope' ? unknownScope(ports.catalog, refusal.scope) : refusal)
}
