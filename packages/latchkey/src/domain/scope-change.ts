// The rules for changes of scopes, and the effects of the changes on slots, rights and APIs. The functions are pure:
// the caller stores the result.
import { accept, refuse, type Result, type Scope } from '@latchkey/protocol'
import { atVersion, type VersionConflict } from './at-version.ts'
import {
  type ApiRecord,
  catalogState,
  type CatalogState,
  type ScopeRecord,
  type ScopeUnknown,
  withScope,
} from './catalog.ts'
import { type IntegrationState, slotOf } from './integration.ts'
import type { LimitReached } from './limit-reached.ts'
import { withoutScope } from './scope-removal.ts'
import { type ScopeUse, scopeUses, UNUSED } from './scope-use.ts'
import { empty, type EpochSeconds, type Generation, type Slot } from './slot.ts'

export interface NewScope {
  readonly name: Scope
  /** The audience of the scope. Null stands for the server's default audience. */
  readonly audience: string | null
  readonly description: string
}

/**
 * The new values of a scope. A member with the value undefined stays unchanged. The audience null means the server's
 * default audience.
 */
export interface ScopeChange {
  readonly audience: string | null | undefined
  readonly description: string | undefined
}

/** The scope to change, and the version that the caller read. If the version is undefined, any version is accepted. */
export interface RequestedScope {
  readonly name: string
  readonly version: number | undefined
}

/**
 * The effect of deleting a scope that is in use. `refuse`: the scope is not deleted. `end_uses`: the grants, rights and
 * APIs of the scope are deleted too, and its live tokens end.
 */
export type IfUsed = 'refuse' | 'end_uses'

/** All records that a change of a scope can affect. */
export interface ScopeState {
  readonly catalog: CatalogState
  readonly integrations: Iterable<IntegrationState>
}

export interface ScopeContext {
  readonly now: EpochSeconds
  /** Returns a generation that is higher than every generation that the slot has had or has reserved. */
  readonly nextGeneration: (slot: Slot) => Generation
  /** The `aud` of the tokens of every scope for which the operator set no audience. */
  readonly defaultAudience: string
}

export interface AddedScope {
  readonly scope: ScopeRecord
  readonly catalog: CatalogState
}

export interface ChangedScope {
  readonly before: ScopeRecord
  /** The scope after the change. It is the same object as `before` if nothing changed. */
  readonly after: ScopeRecord
  readonly catalog: CatalogState
  /** The new states of the slots that were emptied because the audience changed. */
  readonly emptied: readonly { readonly clientId: string; readonly slot: Slot }[]
  /** The number of live tokens that ended because the audience changed. */
  readonly endedTokens: number
}

export interface RemovedScope {
  readonly scope: ScopeRecord
  readonly catalog: CatalogState
  /** The new states of the integrations that had a grant of the scope or a right for the scope. */
  readonly integrations: readonly IntegrationState[]
  /** The client IDs of the changed integrations. */
  readonly clientIds: readonly string[]
  readonly endedTokens: number
  /** The APIs that are removed with the scope. */
  readonly apis: readonly ApiRecord[]
}

export type ScopeExists = { readonly reason: 'scope_exists' }
export type ScopeInUse = {
  readonly reason: 'scope_in_use'
  readonly uses: ScopeUse
  /** The names of the APIs that require the scope. */
  readonly apis: readonly string[]
}

export const MOST_SCOPES = 1000

export function addScope(
  catalog: CatalogState,
  { name, audience, description }: NewScope,
  { defaultAudience }: Pick<ScopeContext, 'defaultAudience'>,
): Result<AddedScope, ScopeExists | LimitReached> {
  if (catalog.byName.has(name)) return refuse({ reason: 'scope_exists' })
  if (catalog.scopes.length >= MOST_SCOPES) return refuse({ reason: 'limit_reached', most: MOST_SCOPES })
  const scope: ScopeRecord = { name, ...audienceOf(audience, defaultAudience), description, version: 1 }
  return accept({ scope, catalog: withScope(catalog, scope) })
}

/**
 * Changes a scope. If its audience changes, also ends the tokens in all slots of the scope, because these tokens have
 * the old audience.
 */
export function editScope(
  { catalog, integrations }: ScopeState,
  { name, version, change }: RequestedScope & { readonly change: ScopeChange },
  context: ScopeContext,
): Result<ChangedScope, ScopeUnknown | VersionConflict> {
  const found = findScope(catalog, name, version)
  if (!found.ok) return found
  const before = found.value
  const { description = before.description, audience } = change
  const changed: ScopeRecord = {
    ...before,
    ...(audience !== undefined && audienceOf(audience, context.defaultAudience)),
    description,
  }
  const isSame =
    changed.description === before.description &&
    changed.audience === before.audience &&
    changed.hasDefaultAudience === before.hasDefaultAudience
  if (isSame) return accept({ before, after: before, catalog, emptied: [], endedTokens: 0 })
  const after = { ...changed, version: before.version + 1 }
  const isMoved = after.audience !== before.audience
  const slots = isMoved ? emptySlots(integrations, after.name, context) : { emptied: [], endedTokens: 0 }
  return accept({ before, after, catalog: withScope(catalog, after), ...slots })
}

/**
 * Ends the tokens in the open slots of the scope. Slots without a live token also get a new generation. A token that is
 * being signed for the old audience then has a lower generation than its slot, so the server discards it and signs
 * another token.
 */
function emptySlots(
  integrations: Iterable<IntegrationState>,
  scope: Scope,
  { now, nextGeneration }: ScopeContext,
): Pick<ChangedScope, 'emptied' | 'endedTokens'> {
  const emptied: { clientId: string; slot: Slot }[] = []
  let endedTokens = 0
  for (const state of integrations) {
    const slot = slotOf(state, scope)
    if (slot?.open !== true) continue
    if (slot.live !== undefined && now < slot.live.expiresAt) endedTokens++
    emptied.push({ clientId: state.integration.clientId, slot: empty(slot, nextGeneration(slot)) })
  }
  return { emptied, endedTokens }
}

export function removeScope(
  { catalog, integrations }: ScopeState,
  { name, version, ifUsed }: RequestedScope & { readonly ifUsed: IfUsed },
  { now, nextGeneration }: ScopeContext,
): Result<RemovedScope, ScopeUnknown | VersionConflict | ScopeInUse> {
  const found = findScope(catalog, name, version)
  if (!found.ok) return found
  const scope = found.value
  const states = [...integrations]
  const apis = catalog.apis.filter((api) => api.scope === scope.name)
  const uses = scopeUses(states, now).get(scope.name) ?? UNUSED
  const isUsed = uses.integrations + uses.liveTokens + apis.length > 0
  if (isUsed && ifUsed === 'refuse') {
    return refuse({ reason: 'scope_in_use', uses, apis: apis.map((api) => api.name) })
  }
  const changed = states.flatMap((before) => {
    const state = withoutScope(before, scope.name, nextGeneration)
    return state === before ? [] : [state]
  })
  return accept({
    scope,
    catalog: catalogState(
      catalog.scopes.filter((other) => other !== scope),
      catalog.apis.filter((api) => !apis.includes(api)),
    ),
    integrations: changed,
    clientIds: changed.map(({ integration }) => integration.clientId),
    endedTokens: uses.liveTokens,
    apis,
  })
}

function findScope(
  { byName }: CatalogState,
  name: string,
  version: number | undefined,
): Result<ScopeRecord, ScopeUnknown | VersionConflict> {
  const scope = byName.get(name)
  return scope === undefined ? refuse({ reason: 'unknown_scope', scope: name }) : atVersion(scope, version)
}

const audienceOf = (own: string | null, defaultAudience: string) => ({
  audience: own ?? defaultAudience,
  hasDefaultAudience: own === null,
})
