// Plans the changes that make the scopes and APIs equal to the entries of a manifest.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { type Actor, changedMembers } from '../domain/audit-event.ts'
import { apiTarget, auditedApi, auditedScope, scopeTarget } from '../domain/audited-catalog.ts'
import type { ApiRecord } from '../domain/catalog.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { type ApiFieldRefusal, checkApiFields } from './api-request.ts'
import { apiChanged, apiCreated, scopeChanged, scopeCreated } from './catalog-records.ts'
import type { DeclaredApi, DeclaredScope, Step } from './manifest.ts'
import { identifier } from './identifier.ts'
import { checkScopeFields, isScopeName, type ScopeFieldRefusal } from './scope-request.ts'

export interface PlanCatalogPorts {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly random: Random
  /** The `aud` of the tokens of every scope for which the operator set no audience. */
  readonly defaultAudience: string
}

/** The index of an entry in its list of the manifest. */
interface Entry {
  readonly index: number
}

export type ScopePlanRefusal = { readonly reason: 'scope_name_unusable' } | ScopeFieldRefusal

export function planScope(
  { catalog, defaultAudience }: PlanCatalogPorts,
  by: Actor,
  { name, audience, description, index }: DeclaredScope & Entry,
): Result<Step, ScopePlanRefusal> {
  if (!isScopeName(name)) return refuse({ reason: 'scope_name_unusable' })
  const checked = checkScopeFields({ audience, description })
  if (!checked.ok) return checked
  const place = { list: 'scopes', index } as const
  const target = scopeTarget(name)
  const known = catalog.scope(name)
  if (known === undefined) {
    const scope = { name, audience: audience ?? null, description: description ?? '' }
    const after = auditedScope({ ...scope, audience: scope.audience ?? defaultAudience })
    const audit = scopeCreated(by)
    return accept({
      place,
      target,
      action: 'create',
      before: {},
      after,
      acts: [{ kind: 'create_scope', scope, audit }],
    })
  }
  const wanted = {
    audience: audience === undefined ? known.audience : (audience ?? defaultAudience),
    description: description ?? known.description,
  }
  const members = changedMembers(auditedScope(known), auditedScope(wanted))
  const isMoved = audience !== undefined && (audience === null) !== known.hasDefaultAudience
  if (Object.keys(members.after).length === 0 && !isMoved) {
    return accept({ place, target, action: 'keep', ...members, acts: [] })
  }
  const order = { version: known.version, audit: scopeChanged(by) }
  const act = { kind: 'change_scope', name, change: { audience, description }, order } as const
  return accept({ place, target, action: 'update', ...members, acts: [act] })
}

export function planApi(
  { catalog, clock, random }: PlanCatalogPorts,
  by: Actor,
  { index, ...declared }: DeclaredApi & Entry,
): Result<Step, ApiFieldRefusal> {
  const { name, description, routes } = declared
  const checked = checkApiFields(catalog, { name, scope: declared.scope, description, routes })
  if (!checked.ok) return checked
  const { scope } = checked.value
  if (scope === undefined) throw new Error('an API without a scope was declared')
  const place = { list: 'apis', index } as const
  const known = catalog.apis().find((api) => api.name === name)
  if (known === undefined) {
    const id = `api_${identifier(random, clock.now())}`
    const api: ApiRecord = { id, name, scope, description: description ?? '', routes: routes ?? [], version: 1 }
    const target = apiTarget(api)
    const after = auditedApi(api)
    const audit = apiCreated(by, api)
    return accept({ place, target, action: 'create', before: {}, after, acts: [{ kind: 'create_api', api, audit }] })
  }
  const target = apiTarget(known)
  const change = { name: undefined, scope, description, routes }
  const wanted = { ...known, scope, description: description ?? known.description, routes: routes ?? known.routes }
  const members = changedMembers(auditedApi(known), auditedApi(wanted))
  if (Object.keys(members.after).length === 0) return accept({ place, target, action: 'keep', ...members, acts: [] })
  const order = { version: known.version, audit: apiChanged(by) }
  return accept({
    place,
    target,
    action: 'update',
    ...members,
    acts: [{ kind: 'change_api', id: known.id, change, order }],
  })
}
