// Deletes a scope. What uses it stands in the way, unless the operator means to end that too.
import type { Result } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { apiTarget, auditedApi, auditedScope, scopeTarget } from '../domain/audited-catalog.ts'
import type { ScopeUnknown } from '../domain/catalog.ts'
import type { RemovedScope, ScopeInUse } from '../domain/scope-change.ts'
import type { CatalogAdministration } from '../ports/catalog.ts'
import type { VersionConflict } from '../domain/at-version.ts'

export interface ScopeToDelete {
  readonly name: string
  /** Undefined: whatever it is by now. */
  readonly version: number | undefined
  /** `end_uses`: grants, rights and APIs go with it, and its live tokens end. */
  readonly ifUsed: 'refuse' | 'end_uses'
}

/** What it ended. Its tokens are refused from the very next check on. Throws `StoreUnavailable`. */
export const deleteScope = (
  { catalogAdministration }: { readonly catalogAdministration: CatalogAdministration },
  by: Actor,
  { name, version, ifUsed }: ScopeToDelete,
): Promise<Result<RemovedScope, ScopeUnknown | VersionConflict | ScopeInUse>> =>
  catalogAdministration.deleteScope(name, ifUsed, { version, audit: (removed) => removalRecords(by, removed) })

/** Of more integrations than these only the number is recorded. */
const MOST_NAMED = 100

function removalRecords(actor: Actor, { scope, clientIds, endedTokens, apis }: RemovedScope): readonly AuditRecord[] {
  const after = {
    ended_tokens: endedTokens,
    integrations: clientIds.length,
    client_ids: clientIds.slice(0, MOST_NAMED),
  }
  return [
    { event: 'scope.deleted', actor, target: scopeTarget(scope.name), before: auditedScope(scope), after },
    ...apis.map((api) => ({
      event: 'api.deleted',
      actor,
      target: apiTarget(api),
      before: auditedApi(api),
      after: {},
    })),
  ]
}
