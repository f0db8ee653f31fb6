// The scopes that exist, and the APIs that ask for them.
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

/** As it is now, from memory. What `scopes` and `apis` return is the same object until something changes. */
export interface Catalog {
  scope(name: string): ScopeRecord | undefined
  /** By name. */
  scopes(): readonly ScopeRecord[]
  /** The oldest first. */
  apis(): readonly ApiRecord[]
}

/** A change of what is there, told to the audit trail as it was really met and left. */
export interface CatalogOrder<Outcome> {
  /** The version that the caller saw; undefined when the change is right whatever it is by now. */
  readonly version: number | undefined
  readonly audit: (outcome: Outcome) => readonly AuditRecord[]
}

/**
 * Every change passes through the same queue as issuances, with its effect on the slots in the same commit: it holds at
 * the very next check. A change that changes nothing is no change: no new version, no event. All throw
 * `StoreUnavailable`.
 */
export interface CatalogAdministration {
  /** Who uses which scope at this moment, by scope. */
  scopeUses(): ReadonlyMap<string, ScopeUse>
  createScope(
    scope: NewScope,
    audit: (made: ScopeRecord) => readonly AuditRecord[],
  ): Promise<Result<ScopeRecord, ScopeExists | LimitReached>>
  /** A new audience ends every live token of the scope. */
  changeScope(
    name: string,
    change: ScopeChange,
    order: CatalogOrder<ChangedScope>,
  ): Promise<Result<ChangedScope, ScopeUnknown | VersionConflict>>
  /** `end_uses`: with its grants, rights, live tokens and APIs, all in one commit. */
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
