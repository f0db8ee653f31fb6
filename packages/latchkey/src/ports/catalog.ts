// The ports for the catalog: the scopes that exist and the APIs that require them.
import type { Result } from '@latchkey/protocol'
import type { ApiChange, ApiExists, ApiUnknown, ChangedApi } from '../domain/api-change.ts'
import type { VersionConflict } from '../domain/at-version.ts'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { ApiRecord, ScopeRecord, ScopeUnknown } from '../domain/catalog.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type {
  ChangedScope,
  IfUsed,
  NewScope,
  RemovedScope,
  ScopeChange,
  ScopeExists,
  ScopeInUse,
} from '../domain/scope-change.ts'
import type { ScopeUse } from '../domain/scope-use.ts'

/** Reads the catalog from memory. `scopes` and `apis` return the same array until the catalog changes. */
export interface Catalog {
  scope(name: string): ScopeRecord | undefined
  /** Returns all scopes, ordered by name. */
  scopes(): readonly ScopeRecord[]
  /** Returns all APIs, the oldest first. */
  apis(): readonly ApiRecord[]
}

/**
 * The conditions and the audit records of a change of a scope or API. `audit` makes the audit records from the outcome
 * of the change.
 */
export interface CatalogOrder<Outcome> {
  /** The version that the caller read. If the version is undefined, the change applies to any version. */
  readonly version: number | undefined
  readonly audit: (outcome: Outcome) => readonly AuditRecord[]
}

/**
 * Changes the catalog. Each change and its effects on live tokens are one commit, in the same queue as issuances, so
 * the next token check uses the changed catalog. A change without effect makes no new version and no audit event. The
 * methods that change the catalog throw `StoreUnavailable`.
 */
export interface CatalogAdministration {
  /** Returns how each scope is used at present, by scope name. */
  scopeUses(): ReadonlyMap<string, ScopeUse>
  createScope(
    scope: NewScope,
    audit: (made: ScopeRecord) => readonly AuditRecord[],
  ): Promise<Result<ScopeRecord, ScopeExists | LimitReached>>
  /** Changes a scope. If the audience changes, every live token of the scope ends. */
  changeScope(
    name: string,
    change: ScopeChange,
    order: CatalogOrder<ChangedScope>,
  ): Promise<Result<ChangedScope, ScopeUnknown | VersionConflict>>
  /**
   * Deletes a scope. With `end_uses`, the same commit also deletes the grants, rights, live tokens and APIs of the
   * scope.
   */
  deleteScope(
    name: string,
    ifUsed: IfUsed,
    order: CatalogOrder<RemovedScope>,
  ): Promise<Result<RemovedScope, ScopeUnknown | VersionConflict | ScopeInUse>>
  createApi(
    api: ApiRecord,
    audit: readonly AuditRecord[],
  ): Promise<Result<void, ApiExists | ScopeUnknown | LimitReached>>
  changeApi(
    id: string,
    change: ApiChange,
    order: CatalogOrder<ChangedApi>,
  ): Promise<Result<ChangedApi, ApiUnknown | ApiExists | ScopeUnknown | VersionConflict>>
  deleteApi(id: string, order: CatalogOrder<ApiRecord>): Promise<Result<ApiRecord, ApiUnknown | VersionConflict>>
}
