// Deletes a scope. A scope that is in use is deleted only if the operator asks to end its uses too.
import type { Result } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { apiTarget, auditedApi, auditedScope, scopeTarget } from '../domain/audited-catalog.ts'
import type { ScopeUnknown } from '../domain/catalog.ts'
import type { RemovedScope, ScopeInUse } from '../domain/scope-change.ts'
import type { CatalogAdministration } from '../ports/catalog.ts'
import type { VersionConflict } from '../domain/at-version.ts'

export interface ScopeToDelete {
  readonly name: string
  /** The version that the operator read. Undefined accepts any version. */
  readonly version: number | undefined
  /** `end_uses` also deletes the grants, rights and APIs of the scope, and ends its live tokens. */
  readonly ifUsed: 'refuse' | 'end_uses'
}

/** Returns what the deletion ended. The next check of a token of this scope rejects it. Throws `StoreUnavailable`. */
export const deleteScope = (
  { catalogAdministration }: { readonly catalogAdministration: CatalogAdministration },
  by: Actor,
  { name, version, ifUsed }: ScopeToDelete,
): Promise<Result<RemovedScope, ScopeUnknown | VersionConflict | ScopeInUse>> =>
  catalogAdministration.deleteScope(name, ifUsed, { version, audit: (removed) => removalRecords(by, removed) })

/** The audit record names at most this many integrations. It always holds their number. */
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
