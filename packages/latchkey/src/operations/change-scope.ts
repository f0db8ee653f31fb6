// Changes the description and the audience of a scope. If the audience changes, the live tokens of the scope end.
import { accept, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { ScopeUnknown } from '../domain/catalog.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import { scopeChanged } from './catalog-records.ts'
import { type ScopePorts, type ScopeSummary, summaries } from './list-scopes.ts'
import { checkScopeFields, type ScopeFieldRefusal, type ScopeFields } from './scope-request.ts'

export interface ChangedScopeSummary extends ScopeSummary {
  readonly endedTokens: number
}

export interface ChangeScopeRequest {
  readonly name: string
  /** The version that the operator read. If the version is undefined, the change applies to any version. */
  readonly version: number | undefined
  readonly fields: ScopeFields
}

/** Changes a scope. Throws `StoreUnavailable`. */
export async function changeScope(
  ports: ScopePorts,
  by: Actor,
  { name, version, fields }: ChangeScopeRequest,
): Promise<Result<ChangedScopeSummary, ScopeFieldRefusal | ScopeUnknown | VersionConflict>> {
  const checked = checkScopeFields(fields)
  if (!checked.ok) return checked
  const changed = await ports.catalogAdministration.changeScope(name, fields, {
    version,
    audit: scopeChanged(by),
  })
  if (!changed.ok) return changed
  const { after, endedTokens } = changed.value
  return accept({ ...(summaries(ports, [after])[0] as ScopeSummary), endedTokens })
}
