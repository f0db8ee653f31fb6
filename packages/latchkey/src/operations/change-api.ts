// Changes the given members of an API together, or refuses the whole change.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { ApiExists, ApiUnknown } from '../domain/api-change.ts'
import type { ApiRecord } from '../domain/catalog.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import { type ApiFieldRefusal, type ApiFields, checkApiFields, unknownScope } from './api-request.ts'
import { apiChanged } from './catalog-records.ts'
import type { ApiPorts } from './create-api.ts'

export interface ChangeApiRequest {
  readonly id: string
  /** The version that the operator read. If the version is undefined, the change applies to any version. */
  readonly version: number | undefined
  readonly fields: ApiFields
}

/** Changes an API. Ends no tokens, because tokens belong to scopes and not to APIs. Throws `StoreUnavailable`. */
export async function changeApi(
  ports: ApiPorts,
  by: Actor,
  { id, version, fields }: ChangeApiRequest,
): Promise<Result<ApiRecord, ApiFieldRefusal | ApiUnknown | ApiExists | VersionConflict>> {
  const checked = checkApiFields(ports.catalog, fields)
  if (!checked.ok) return checked
  const changed = await ports.catalogAdministration.changeApi(id, checked.value, {
    version,
    audit: apiChanged(by),
  })
  if (changed.ok) return accept(changed.value.after)
  const { refusal } = changed
  return refuse(refusal.reason === 'unknown_scope' ? unknownScope(ports.catalog, refusal.scope) : refusal)
}
