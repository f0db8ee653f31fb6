// Lists the scopes for an operator, with the number of their uses.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { type ScopeUse, UNUSED } from '../domain/scope-use.ts'
import type { ScopeRecord, ScopeUnknown } from '../domain/catalog.ts'
import type { Catalog, CatalogAdministration } from '../ports/catalog.ts'

export interface ScopePorts {
  readonly catalog: Catalog
  readonly catalogAdministration: CatalogAdministration
}

export interface ScopeSummary extends ScopeRecord, ScopeUse {
  /** The names of the APIs that require the scope. */
  readonly apis: readonly string[]
}

/** Returns all scopes, ordered by name. */
export const listScopes = (ports: ScopePorts): readonly ScopeSummary[] => summaries(ports, ports.catalog.scopes())

export function findScope(ports: ScopePorts, name: string): Result<ScopeSummary, ScopeUnknown> {
  const scope = ports.catalog.scope(name)
  const [found] = scope === undefined ? [] : summaries(ports, [scope])
  return found === undefined ? refuse({ reason: 'unknown_scope', scope: name }) : accept(found)
}

export function summaries(
  { catalog, catalogAdministration }: ScopePorts,
  scopes: readonly ScopeRecord[],
): readonly ScopeSummary[] {
  const uses = catalogAdministration.scopeUses()
  const apis = Map.groupBy(catalog.apis(), ({ scope }) => scope)
  return scopes.map((scope) => ({
    ...scope,
    ...(uses.get(scope.name) ?? UNUSED),
    apis: (apis.get(scope.name) ?? []).map(({ name }) => name),
  }))
}
