// The scopes and APIs in memory: one immutable picture, swapped with a commit.
import type { ApiRecord, ScopeRecord } from '../ports/catalog.ts'
import type { Cell } from './cell.ts'

export interface CatalogState {
  /** By name. */
  readonly scopes: readonly ScopeRecord[]
  readonly byName: ReadonlyMap<string, ScopeRecord>
  /** The oldest first. */
  readonly apis: readonly ApiRecord[]
}

export type CatalogCell = Cell<CatalogState>

export function catalogState(scopes: readonly ScopeRecord[], apis: readonly ApiRecord[]): CatalogState {
  const ordered = scopes.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  return { scopes: ordered, byName: new Map(ordered.map((scope) => [scope.name, scope])), apis }
}

export const withScope = (state: CatalogState, scope: ScopeRecord): CatalogState =>
  catalogState([...state.scopes.filter(({ name }) => name !== scope.name), scope], state.apis)
