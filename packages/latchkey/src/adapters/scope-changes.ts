// What a batch does when a scope is made, changed or removed: its row, its slots, and the rights about it.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { scopeUses, UNUSED } from '../domain/scope-use.ts'
import { withoutScope } from '../domain/scope-removal.ts'
import { empty, type EpochSeconds } from '../domain/slot.ts'
import type {
  ChangedScope,
  LimitReached,
  NewScope,
  RemovedScope,
  ScopeChange,
  ScopeExists,
  ScopeInUse,
  ScopeRecord,
  ScopeUnknown,
} from '../ports/catalog.ts'
import type { VersionConflict } from '../ports/integrations.ts'
import { scopeInsert, scopeUpdate } from '../rows/catalog-rows.ts'
import { integrationUpdate, slotUpdate } from '../rows/rows.ts'
import { type CatalogCell, catalogState, withScope } from '../state/catalog-state.ts'
import type { Generations } from '../state/generations.ts'
import type { StagedBatch } from '../commit/staged-batch.ts'

export interface CatalogSetting {
  readonly cell: CatalogCell
  readonly generations: Generations
  /** The `aud` of every scope that has none of its own. */
  readonly defaultAudience: string
}

const MOST_SCOPES = 1000

export function stageNewScope(
  batch: StagedBatch,
  { cell, defaultAudience }: CatalogSetting,
  { name, audience, description }: NewScope,
): Result<ScopeRecord, ScopeExists | LimitReached> {
  const state = batch.get(cell)
  if (state.byName.has(name)) return refuse({ reason: 'scope_exists' })
  if (state.scopes.length >= MOST_SCOPES) return refuse({ reason: 'limit_reached', most: MOST_SCOPES })
  const scope: ScopeRecord = { name, ...audienceOf(audience, defaultAudience), description, version: 1 }
  batch.put(cell, withScope(state, scope), scopeInsert({ name, audience, description }, defaultAudience))
  return accept(scope)
}

export function stageScopeChange(
  batch: StagedBatch,
  setting: CatalogSetting,
  order: { readonly name: string; readonly version: number | undefined; readonly change: ScopeChange; readonly now: EpochSeconds }, // prettier-ignore
): Result<ChangedScope, ScopeUnknown | VersionConflict> {
  const found = scopeAtVersion(batch, setting.cell, order)
  if (!found.ok) return found
  const before = found.value
  const { description = before.description, audience } = order.change
  const changed: ScopeRecord = {
    ...before,
    ...(audience !== undefined && audienceOf(audience, setting.defaultAudience)),
    description,
  }
  const isSame =
    changed.description === before.description &&
    changed.audience === before.audience &&
    changed.hasDefaultAudience === before.hasDefaultAudience
  if (isSame) return accept({ before, after: before, endedTokens: 0 })
  const after = { ...changed, version: before.version + 1 }
  batch.put(setting.cell, withScope(batch.get(setting.cell), after), scopeUpdate(after))
  const endedTokens = after.audience === before.audience ? 0 : emptySlots(batch, setting, after.name, order.now)
  return accept({ before, after, endedTokens })
}

/**
 * Empty slots get a new generation too: a token that is being signed for the old audience is then behind its slot, and
 * is signed anew.
 */
function emptySlots(batch: StagedBatch, { generations }: CatalogSetting, scope: string, now: EpochSeconds): number {
  let ended = 0
  for (const [clientId, { slots }] of [...batch.states()]) {
    const slot = slots.find((candidate) => candidate.scope === scope)
    if (slot?.open !== true) continue
    if (slot.live !== undefined && now < slot.live.expiresAt) ended++
    const emptied = empty(slot, generations.next(slot))
    batch.putSlot(clientId, emptied, slotUpdate(emptied))
  }
  return ended
}

export function stageScopeRemoval(
  batch: StagedBatch,
  { cell, generations }: CatalogSetting,
  order: { readonly name: string; readonly version: number | undefined; readonly ifUsed: 'refuse' | 'end_uses'; readonly now: EpochSeconds }, // prettier-ignore
): Result<RemovedScope, ScopeUnknown | VersionConflict | ScopeInUse> {
  const found = scopeAtVersion(batch, cell, order)
  if (!found.ok) return found
  const scope = found.value
  const state = batch.get(cell)
  const apis = state.apis.filter((api) => api.scope === scope.name)
  const states = [...batch.states()]
  const uses = scopeUses(states.map(([, each]) => each), order.now).get(scope.name) ?? UNUSED // prettier-ignore
  const isUsed = uses.integrations + uses.liveTokens + apis.length > 0
  if (isUsed && order.ifUsed === 'refuse') {
    return refuse({ reason: 'scope_in_use', uses, apis: apis.map(({ name }) => name) })
  }
  const clientIds: string[] = []
  for (const [clientId, before] of states) {
    const after = withoutScope(before, scope.name, (slot) => generations.next(slot))
    if (after === before) continue
    clientIds.push(clientId)
    const closed = after.slots.filter((slot) => !before.slots.includes(slot))
    batch.putState(clientId, after, [integrationUpdate(after.integration, order.now), ...closed.map(slotUpdate)])
  }
  const after = catalogState(
    state.scopes.filter(({ name }) => name !== scope.name),
    state.apis.filter((api) => api.scope !== scope.name),
  )
  batch.put(cell, after, ['delete_apis_of_scope', scope.name], ['delete_scope', scope.name])
  return accept({ scope, clientIds, endedTokens: uses.liveTokens, apis })
}

function scopeAtVersion(
  batch: StagedBatch,
  cell: CatalogCell,
  { name, version }: { readonly name: string; readonly version: number | undefined },
): Result<ScopeRecord, ScopeUnknown | VersionConflict> {
  const scope = batch.get(cell).byName.get(name)
  if (scope === undefined) return refuse({ reason: 'unknown_scope', scope: name })
  return version === undefined || version === scope.version
    ? accept(scope)
    : refuse({ reason: 'version_conflict', version: scope.version })
}

const audienceOf = (own: string | null, defaultAudience: string) => ({
  audience: own ?? defaultAudience,
  hasDefaultAudience: own === null,
})
