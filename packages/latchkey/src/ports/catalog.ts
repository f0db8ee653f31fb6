// The scopes that exist, and the APIs that ask for them.
import type { Result, Scope } from '@latchkey/protocol'
import type { AuditRecord } from '../domain/audit-event.ts'
import type { ScopeUse } from '../domain/scope-use.ts'
import type { VersionConflict } from './integrations.ts'

export interface ScopeRecord {
  readonly name: Scope
  /** The `aud` of its tokens. */
  readonly audience: string
  /** The audience is the server's (`LATCHKEY_AUDIENCE`), not one of the scope's own. */
  readonly hasDefaultAudience: boolean
  readonly description: string
  /** Grows at every change. */
  readonly version: number
}

/** A resource server: something that accepts our tokens. Several APIs can share a scope. */
export interface ApiRecord {
  /** `api_…` */
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly description: string
  /** Path patterns, as the gateway reads them. */
  readonly routes: readonly string[]
  /** Grows at every change. */
  readonly version: number
}

/** As it is now, from memory. What `scopes` and `apis` return is the same object until something changes. */
export interface Catalog {
  scope(name: string): ScopeRecord | undefined
  /** By name. */
  scopes(): readonly ScopeRecord[]
  /** The oldest first. */
  apis(): readonly ApiRecord[]
}

export interface NewScope {
  readonly name: Scope
  /** Null: the server's, whatever that is. */
  readonly audience: string | null
  readonly description: string
}

/** What is undefined stays as it is. */
export interface ScopeChange {
  readonly audience: string | null | undefined
  readonly description: string | undefined
}

export interface ChangedScope {
  readonly before: ScopeRecord
  readonly after: ScopeRecord
  /** How many live tokens a new audience ended. */
  readonly endedTokens: number
}

export interface RemovedScope {
  readonly scope: ScopeRecord
  /** The client IDs of the integrations that were allowed it or held a right about it. */
  readonly clientIds: readonly string[]
  readonly endedTokens: number
  /** Removed with it. */
  readonly apis: readonly ApiRecord[]
}

export type ApiChange = {
  readonly [Member in 'name' | 'scope' | 'description' | 'routes']: ApiRecord[Member] | undefined
}

export interface ChangedApi {
  readonly before: ApiRecord
  readonly after: ApiRecord
}

/** A change of what is there, told to the audit trail as it was really met and left. */
export interface CatalogOrder<Outcome> {
  /** The version that the caller saw; undefined when the change is right whatever it is by now. */
  readonly version: number | undefined
  readonly audit: (outcome: Outcome) => readonly AuditRecord[]
}

export type ScopeUnknown = { readonly reason: 'unknown_scope'; readonly scope: string }
export type ScopeExists = { readonly reason: 'scope_exists' }
export type ScopeInUse = {
  readonly reason: 'scope_in_use'
  readonly uses: ScopeUse
  /** The names of the APIs that ask for it. */
  readonly apis: readonly string[]
}
export type ApiUnknown = { readonly reason: 'unknown_api' }
export type ApiExists = { readonly reason: 'api_exists' }
/** There are as many as there may be. */
export type LimitReached = { readonly reason: 'limit_reached'; readonly most: number }

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
    ifUsed: 'refuse' | 'end_uses',
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
