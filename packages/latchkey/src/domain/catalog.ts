// The catalog: the scopes that exist, and the APIs that require them.
import type { Scope } from '@latchkey/protocol'

export interface ScopeRecord {
  readonly name: Scope
  /** The `aud` of the scope's tokens. */
  readonly audience: string
  /**
   * True if the audience is the default of the server (`LATCHKEY_AUDIENCE`). False if an operator set an audience for
   * the scope.
   */
  readonly hasDefaultAudience: boolean
  readonly description: string
  /** The version. It grows with every change. */
  readonly version: number
}

/** An API: a resource server that accepts tokens of Latchkey. Several APIs can require the same scope. */
export interface ApiRecord {
  /** The id, which begins with `api_`. */
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly description: string
  /** The path patterns that the gateway matches. */
  readonly routes: readonly string[]
  /** The version. It grows with every change. */
  readonly version: number
}

/** All scopes and APIs at one moment. */
export interface CatalogState {
  /** The scopes, ordered by name. */
  readonly scopes: readonly ScopeRecord[]
  readonly byName: ReadonlyMap<string, ScopeRecord>
  /** The APIs, the oldest first. */
  readonly apis: readonly ApiRecord[]
}

export type ScopeUnknown = { readonly reason: 'unknown_scope'; readonly scope: string }

export function catalogState(scopes: readonly ScopeRecord[], apis: readonly ApiRecord[]): CatalogState {
  const ordered = scopes.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  return { scopes: ordered, byName: new Map(ordered.map((scope) => [scope.name, scope])), apis }
}

/** Adds the scope. If a scope of this name exists, it is replaced. */
export const withScope = (state: CatalogState, scope: ScopeRecord): CatalogState =>
  catalogState([...state.scopes.filter(({ name }) => name !== scope.name), scope], state.apis)
