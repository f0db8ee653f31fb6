// Checks the members that an operator requests for an API: its name, description, scope and routes.
import { accept, isScope, refuse, type Result, type Scope } from '@latchkey/protocol'
import { isDescription, isName } from '../domain/integration-profile.ts'
import { isRoutePattern } from '../domain/route-pattern.ts'
import type { Catalog } from '../ports/catalog.ts'

/** The requested members. A member that is undefined stays unchanged. */
export interface ApiFields {
  readonly name: string | undefined
  readonly scope: string | undefined
  readonly description: string | undefined
  readonly routes: readonly string[] | undefined
}

export type ApiFieldRefusal =
  | { readonly reason: 'name_unusable' }
  | { readonly reason: 'description_unusable' }
  | { readonly reason: 'route_unusable'; readonly index: number }
  | ApiScopeRefusal

export interface ApiScopeRefusal {
  readonly reason: 'unknown_scope'
  readonly scope: string
  readonly known: readonly Scope[]
}

export function checkApiFields(
  catalog: Catalog,
  { name, scope, description, routes }: ApiFields,
): Result<Omit<ApiFields, 'scope'> & { readonly scope: Scope | undefined }, ApiFieldRefusal> {
  if (name !== undefined && !isName(name)) return refuse({ reason: 'name_unusable' })
  if (description !== undefined && !isDescription(description)) return refuse({ reason: 'description_unusable' })
  const bad = routes?.findIndex((route) => !isRoutePattern(route)) ?? -1
  if (bad >= 0) return refuse({ reason: 'route_unusable', index: bad })
  if (scope === undefined) return accept({ name, scope, description, routes })
  if (!isScope(scope) || catalog.scope(scope) === undefined) return refuse(unknownScope(catalog, scope))
  return accept({ name, scope, description, routes })
}

export const unknownScope = (catalog: Catalog, scope: string): ApiScopeRefusal => ({
  reason: 'unknown_scope',
  scope,
  known: catalog.scopes().map(({ name }) => name),
})
