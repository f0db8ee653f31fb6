// Deletes a scope. Deletes a scope that is in use only if the operator asked to end its uses too.
import type { Result } from '@latchkey/protocol'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { apiTarget, auditedApi, auditedScope, scopeTarget } from '../domain/audited-catalog.ts'
import type { ScopeUnknown } from '../domain/catalog.ts'
import type { RemovedScope, ScopeInUse } from '../domain/scope-change.ts'
import type { CatalogAdministration } from '../ports/catalog.ts'
import type { VersionConflict } from '../domain/at-version.ts'

export interface ScopeToDelete {
  readonly name: string
  /** The version that the operator read. If the version is undefined, the deletion applies to any version. */
  readonly version: number | undefined
  /**
   * The effect on a scope that is in use. `refuse`: the scope is not deleted. `end_uses`: its grants, rights and APIs
   * are deleted too, and its live tokens end.
   */
  readonly ifUsed: 'refuse' | 'end_uses'
}

/**
 * Deletes a scope. Returns the grants, rights and tokens that ended with the scope. From then on, every check of a
 * token of the scope rejects the token. Throws `StoreUnavailable`.
 */
export const deleteScope = (
  { catalogAdministration }: { readonly catalogAdministration: CatalogAdministration },
  by: Actor,
  { name, version, ifUsed }: ScopeToDelete,
): Promise<Result<RemovedScope, ScopeUnknown | VersionConflict | ScopeInUse>> =>
  catalogAdministration.deleteScope(name, ifUsed, { version, audit: (removed) => removalRecords(by, removed) })

/** The largest number of integrations that the audit record names. The record also contains their total number. */
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
      event: 'api.deleted' as const,
      actor,
      target: apiTarget(api),
      before: auditedApi(api),
      after: {},
    })),
  ]
}
